using System.CommandLine;
using Chorale.Chat;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The options that choose a model and how it runs.</summary>
/// <param name="precision">What <c>--precision</c> is where it is not given.</param>
sealed class ModelArguments(string precision)
{
    readonly Option<string?> _model = new("--model", "-m") { Description = "A gpt-oss model: a GGUF file, the first file of a split one, or a folder of safetensors; without it, the embedded gpt-oss-nano.", HelpName = "MODEL" };
    readonly Option<int?> _context = SharedOptions.Checked(new Option<int?>("--context") { Description = "How many ids prompt and answer may hold together; without it, what the file says, at most 8,192.", HelpName = "N" }, n => n >= 1, "at least 1");
    readonly Option<int?> _threads = SharedOptions.Checked(new Option<int?>("--threads") { Description = "Threads to compute with; without it, one a core.", HelpName = "N" }, n => n is >= 1 and <= 1024, "from 1 to 1024");
    readonly Option<bool> _spareCore = new("--spare-core") { Description = "Leave one core to the rest of the machine." };
    readonly Option<bool> _yarnTruncate = new("--yarn-truncate") { Description = "Round YaRN's limits as llama.cpp does, to compare with it; OpenAI's reference does not." };
    readonly PrecisionArguments _precision = new(precision);

    public void AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_context);
        command.Add(_threads);
        command.Add(_spareCore);
        command.Add(_yarnTruncate);
        _precision.AddTo(command);
    }

    /// <summary>Whether the command line names a model.</summary>
    public bool IsGiven(ParseResult line) => line.GetValue(_model) is not null;

    /// <summary>The model with its vocabulary.</summary>
    public ChatModel Open(ParseResult line, GeneratorOptions generator) => ChatModel.Open(ModelFile.Resolve(line.GetValue(_model)), Options(line), generator);

    /// <summary>The engine alone.</summary>
    public GptOssModel OpenEngine(ParseResult line) => GptOssModel.Open(ModelFile.Resolve(line.GetValue(_model)), Options(line));

    GptOssOptions Options(ParseResult line) => _precision.Apply(line, new()
    {
        ContextLength = line.GetValue(_context),
        Threads = line.GetValue(_threads),
        SpareCore = line.GetValue(_spareCore),
        YarnTruncate = line.GetValue(_yarnTruncate),
    });
}
