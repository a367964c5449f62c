using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Chorale.Chat;

/// <summary>
/// Makes <see cref="AIFunction"/>s of .NET methods as <see cref="AIFunctionFactory"/> does, and describes them also by their XML documentation: summary, parameters, result, and the properties of the types that
/// they take and give. A <see cref="DescriptionAttribute"/> comes first.
/// </summary>
/// <remarks>
/// The documentation is the file that the compiler writes beside an assembly where the project says <c>GenerateDocumentationFile</c>; without it there are the attributes. Lambdas and
/// local functions have none.
/// </remarks>
public static class ToolFunction
{
    /// <summary>A function of a method or lambda.</summary>
    /// <param name="function">What is run. A parameter of type <see cref="CancellationToken"/> or <see cref="IServiceProvider"/> is no argument.</param>
    /// <param name="name">Its name for the model; null takes the method's.</param>
    /// <param name="description">What it does; null takes the attribute or the documentation.</param>
    /// <param name="serializerOptions">How arguments and results are read and written; null takes <see cref="AIJsonUtilities.DefaultOptions"/>.</param>
    /// <exception cref="JsonException">A parameter or the result cannot be JSON.</exception>
    public static AIFunction Create(Delegate function, string? name = null, string? description = null, JsonSerializerOptions? serializerOptions = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        MemberDocumentation? documentation = XmlDocumentation.Of(function.Method);
        return Document(AIFunctionFactory.Create(function, OptionsFor(function.Method, documentation, name, description, serializerOptions)), documentation);
    }

    /// <summary>A function of a method.</summary>
    /// <param name="method">What is run: closed, where it is generic.</param>
    /// <param name="target">Whose method it is; null for a static one.</param>
    /// <param name="name">Its name for the model; null takes the method's.</param>
    /// <param name="description">What it does; null takes the attribute or the documentation.</param>
    /// <param name="serializerOptions">How arguments and results are read and written; null takes <see cref="AIJsonUtilities.DefaultOptions"/>.</param>
    /// <exception cref="JsonException">A parameter or the result cannot be JSON.</exception>
    /// <exception cref="ArgumentException">The method is open, or needs a target and has none.</exception>
    public static AIFunction Create(MethodInfo method, object? target, string? name = null, string? description = null, JsonSerializerOptions? serializerOptions = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        MemberDocumentation? documentation = XmlDocumentation.Of(method);
        return Document(AIFunctionFactory.Create(method, target, OptionsFor(method, documentation, name, description, serializerOptions)), documentation);
    }

    /// <summary>Functions of all public methods that a class declares itself, those that are generic apart, in the order of their names.</summary>
    /// <param name="target">Whose methods they are.</param>
    /// <param name="naming">What their names are made into, <see cref="JsonNamingPolicy.SnakeCaseLower"/> for one; null leaves them.</param>
    /// <param name="serializerOptions">As for a single function.</param>
    /// <typeparam name="T">The class that declares them.</typeparam>
    public static IReadOnlyList<AIFunction> CreateAll<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] T>(T target, JsonNamingPolicy? naming = null, JsonSerializerOptions? serializerOptions = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(target);
        return
        [
            .. typeof(T).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(method => method is { IsSpecialName: false, IsGenericMethodDefinition: false } && method.GetBaseDefinition().DeclaringType != typeof(object))
                .OrderBy(method => method.Name, StringComparer.Ordinal)
                .Select(method => Create(method, method.IsStatic ? null : target, naming?.ConvertName(method.Name), serializerOptions: serializerOptions)),
        ];
    }

    static AIFunctionFactoryOptions OptionsFor(MethodInfo method, MemberDocumentation? documentation, string? name, string? description, JsonSerializerOptions? serializerOptions) => new()
    {
        Name = name,
        Description = description ?? method.GetCustomAttribute<DescriptionAttribute>(inherit: true)?.Description ?? documentation?.Summary,
        SerializerOptions = serializerOptions,
        JsonSchemaCreateOptions = new()
        {
            ParameterDescriptionProvider = parameter => parameter.GetCustomAttribute<DescriptionAttribute>(inherit: true)?.Description ?? documentation?.Parameters.GetValueOrDefault(parameter.Name ?? ""),
            TransformSchemaNode = Describe,
        },
    };

    static AIFunction Document(AIFunction function, MemberDocumentation? documentation) =>
        documentation?.Returns is { } returns && function.ReturnJsonSchema is { ValueKind: JsonValueKind.Object } schema && !schema.TryGetProperty("description", out _)
            ? new DocumentedFunction(function, returns)
            : function;

    /// <summary>Gives a schema the documentation of the property or type that it stands for, where it has no description yet.</summary>
    static JsonNode Describe(AIJsonSchemaCreateContext context, JsonNode schema)
    {
        if (context.ParameterAttributeProvider is not null && context.Path.IsEmpty)
            return schema;    // a parameter, which has its own description
        if ((context.PropertyAttributeProvider is MemberInfo member ? XmlDocumentation.Of(member) : context.PropertyInfo is null ? XmlDocumentation.Of(context.TypeInfo.Type) : null) is not { } text)
            return schema;
        switch (schema)
        {
            case JsonObject described when !described.ContainsKey("description"):
                described.Insert(0, "description", text);
                return described;
            case JsonValue boolean when boolean.TryGetValue(out bool allows) && allows:
                return new JsonObject { ["description"] = text };    // true: any value
            default:
                return schema;
        }
    }

    /// <summary>A function whose result is described.</summary>
    sealed class DocumentedFunction(AIFunction inner, string returns) : DelegatingAIFunction(inner)
    {
        public override JsonElement? ReturnJsonSchema { get; } = WithDescription(inner.ReturnJsonSchema!.Value, returns);

        static JsonElement WithDescription(JsonElement schema, string returns)
        {
            JsonObject described = JsonObject.Create(schema)!;
            described.Insert(0, "description", returns);
            using JsonDocument document = JsonDocument.Parse(described.ToJsonString(AIJsonUtilities.DefaultOptions));
            return document.RootElement.Clone();
        }
    }
}
