namespace Chorale.Grammar;

/// <summary>A schema with an address of its own: the document, or an embedded one.</summary>
/// <param name="Root">The schema at its top.</param>
/// <param name="Base">What relative references in it are resolved against.</param>
sealed record SchemaResource(SchemaNode Root, Uri Base);
