using System.Globalization;
using System.Reflection;
using System.Text;

namespace Chorale.Chat;

/// <summary>The name under which the compiler's documentation file lists a member.</summary>
/// <remarks>Source: the C# language specification, annex D.4.2, "ID string format".</remarks>
static class DocumentationId
{
    /// <summary>Types nest and close over each other no deeper than this in code that a person wrote.</summary>
    const int MaxDepth = 64;

    /// <summary><c>M:Weather.Tools.Look(System.String)</c>; a method of a closed generic type or method is listed as it was declared.</summary>
    public static string Of(MethodInfo method)
    {
        MethodInfo declared = Declaration(method);
        StringBuilder id = new("M:");
        AppendDeclaringType(id, declared.DeclaringType);
        // An explicit implementation of an interface carries its full name, whose dots would read as those of a namespace.
        id.Append(declared.Name.Replace('.', '#').Replace('<', '{').Replace('>', '}').Replace(',', '@'));
        if (declared.IsGenericMethodDefinition)
            id.Append(CultureInfo.InvariantCulture, $"``{declared.GetGenericArguments().Length}");
        ParameterInfo[] parameters = declared.GetParameters();
        if (parameters.Length > 0)
        {
            id.Append('(');
            for (int i = 0; i < parameters.Length; i++)
            {
                if (i > 0)
                    id.Append(',');
                AppendReference(id, parameters[i].ParameterType, 0);
            }
            id.Append(')');
        }
        if (declared.Name is "op_Implicit" or "op_Explicit")
        {
            id.Append('~');
            AppendReference(id, declared.ReturnType, 0);
        }
        return id.ToString();
    }

    /// <summary><c>P:Weather.Place.City</c>, or <c>F:…</c> of a field; null of anything else.</summary>
    public static string? Of(MemberInfo member)
    {
        string? kind = member switch
        {
            PropertyInfo => "P:",
            FieldInfo => "F:",
            _ => null,
        };
        if (kind is null)
            return null;
        StringBuilder id = new(kind);
        AppendDeclaringType(id, member.DeclaringType);
        return id.Append(member.Name.Replace('.', '#')).ToString();
    }

    /// <summary><c>T:Weather.Place</c>.</summary>
    public static string Of(Type type)
    {
        StringBuilder id = new("T:");
        AppendDeclared(id, type);
        return id.ToString();
    }

    static MethodInfo Declaration(MethodInfo method)
    {
        if (method is { IsGenericMethod: true, IsGenericMethodDefinition: false })
            method = method.GetGenericMethodDefinition();
        return method.DeclaringType is { IsGenericType: true, IsGenericTypeDefinition: false } closed
            ? (MethodInfo)closed.GetGenericTypeDefinition().GetMemberWithSameMetadataDefinitionAs(method)
            : method;
    }

    static void AppendDeclaringType(StringBuilder id, Type? type)
    {
        if (type is null)
            return;
        AppendDeclared(id, type);
        id.Append('.');
    }

    static void AppendDeclared(StringBuilder id, Type type)
    {
        Type declared = type is { IsGenericType: true, IsGenericTypeDefinition: false } ? type.GetGenericTypeDefinition() : type;
        id.Append((declared.FullName ?? declared.Name).Replace('+', '.'));
    }

    static void AppendReference(StringBuilder id, Type type, int depth)
    {
        if (depth > MaxDepth)
            return;
        if (type.IsByRef)
        {
            AppendReference(id, type.GetElementType()!, depth + 1);
            id.Append('@');
        }
        else if (type.IsPointer)
        {
            AppendReference(id, type.GetElementType()!, depth + 1);
            id.Append('*');
        }
        else if (type.IsArray)
        {
            AppendReference(id, type.GetElementType()!, depth + 1);
            id.Append(type.IsSZArray ? "[]" : $"[{string.Join(',', Enumerable.Repeat("0:", type.GetArrayRank()))}]");
        }
        else if (type.IsGenericMethodParameter)
        {
            id.Append(CultureInfo.InvariantCulture, $"``{type.GenericParameterPosition}");
        }
        else if (type.IsGenericTypeParameter)
        {
            id.Append(CultureInfo.InvariantCulture, $"`{type.GenericParameterPosition}");
        }
        else if (type.IsGenericType)
        {
            AppendGeneric(id, type, depth);
        }
        else
        {
            id.Append((type.FullName ?? type.Name).Replace('+', '.'));
        }
    }

    /// <summary><c>Outer{System.Int32}.Inner{System.String}</c>: each level of nesting has the arguments that it declares itself.</summary>
    static void AppendGeneric(StringBuilder id, Type type, int depth)
    {
        Type[] arguments = type.GetGenericArguments();
        List<Type> nesting = [];
        for (Type? level = type.GetGenericTypeDefinition(); level is not null; level = level.DeclaringType)
            nesting.Insert(0, level);
        if (nesting[0].Namespace is { Length: > 0 } space)
            id.Append(space).Append('.');
        int used = 0;
        for (int i = 0; i < nesting.Count; i++)
        {
            if (i > 0)
                id.Append('.');
            string name = nesting[i].Name;
            int tick = name.IndexOf('`', StringComparison.Ordinal);
            id.Append(tick < 0 ? name : name[..tick]);
            int all = nesting[i].GetGenericArguments().Length;
            if (all == used)
                continue;
            id.Append('{');
            for (int k = used; k < all; k++)
            {
                if (k > used)
                    id.Append(',');
                AppendReference(id, arguments[k], depth + 1);
            }
            id.Append('}');
            used = all;
        }
    }
}
