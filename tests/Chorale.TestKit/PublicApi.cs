using System.Globalization;
using System.Reflection;
using System.Text;
using Xunit;

namespace Chorale.TestKit;

/// <summary>Holds a project's public surface to its listing, <c>src/Chorale.X/PublicApi.txt</c>.</summary>
public static class PublicApi
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Compares the listing; <c>CHORALE_ACCEPT=1</c> rewrites it instead.</summary>
    public static void Verify(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        string name = assembly.GetName().Name!;
        string project = name == "chorale" ? "Chorale.Cli" : name;
        Golden.Verify(Path.Combine(TestData.RepositoryRoot, "src", project, "PublicApi.txt"), List(assembly));
    }

    static string List(Assembly assembly)
    {
        StringBuilder listing = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            listing.Append(Kind(type)).Append(' ').Append(type.FullName).Append('\n');
            IEnumerable<string> members = type.GetMembers(Declared).Where(IsVisible).Select(Describe);
            foreach (string member in members.Order(StringComparer.Ordinal))
                listing.Append(CultureInfo.InvariantCulture, $"  {member}\n");
        }
        return listing.ToString();
    }

    static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class";

    static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => IsVisible(method) && !(method.IsSpecialName && method is MethodInfo && !method.Name.StartsWith("op_", StringComparison.Ordinal)) && !method.Name.Contains('<', StringComparison.Ordinal),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        EventInfo @event => @event.AddMethod is { } add && IsVisible(add),
        Type nested => nested.IsNestedPublic,
        _ => false,
    };

    static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    static string Describe(MemberInfo member) => member switch
    {
        PropertyInfo property => $"{property} {{ {string.Join(' ', property.GetAccessors(nonPublic: true).Where(IsVisible).Select(Accessor))} }}",
        Type nested => $"nested {nested.FullName}",
        _ => member.ToString()!,
    };

    static string Accessor(MethodInfo accessor) =>
        !accessor.Name.Contains("set_", StringComparison.Ordinal) ? "get;"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit") ? "init;" : "set;";
}
