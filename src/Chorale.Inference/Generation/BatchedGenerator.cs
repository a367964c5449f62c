using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Chorale.Inference;

/// <summary>Streams answers out of a <see cref="Scheduler"/>, which one thread of its own keeps stepping while there is something to do.</summary>
/// <remarks>
/// An answer is made as fast as the model allows, whether or not it is read. It ends when it is complete, cancelled, or its stream given up; the
/// pass in progress is given up where no other answer is part of it, and otherwise ends first.
/// </remarks>
sealed class BatchedGenerator : IDisposable
{
    /// <summary>Ids of prompts that go through the model together, unless a test asks for fewer.</summary>
    public const int DefaultBatch = 512;

    readonly IBatchEngine _engine;
    readonly GeneratorOptions _options;
    readonly Scheduler _scheduler;
    readonly Lock _gate = new();
    readonly SemaphoreSlim _work = new(0);    // released when there may be something to do
    readonly List<Generation> _waiting = [];
    readonly Thread _thread;
    CancellationTokenSource _step = new();
    GeneratorStatistics _statistics;
    int _active;      // admitted or waiting
    int _inStep;      // answers of the step in progress that somebody still waits for
    bool _isStarted;
    bool _isDisposed;

    /// <summary>A generator without any answer yet.</summary>
    /// <param name="engine">Computes; disposed with this object.</param>
    /// <param name="options">How to share it.</param>
    /// <param name="batch">Ids of prompts in a step where no answer is being decoded.</param>
    public BatchedGenerator(IBatchEngine engine, GeneratorOptions options, int batch = DefaultBatch)
    {
        (_engine, _options) = (engine, options);
        _scheduler = new(engine, options, batch);
        _thread = new(Work) { IsBackground = true, Name = "chorale engine" };
    }

    /// <summary>The most rows of a step.</summary>
    public static int LargestBatch(GeneratorOptions options, int batch = DefaultBatch) => batch + Scheduler.MostDecodedRows(options);

    public GeneratorStatistics Statistics
    {
        get
        {
            lock (_gate)
                return _statistics with { Waiting = _waiting.Count };
        }
    }

    /// <summary>Streams an answer; see <see cref="ITokenGenerator.GenerateAsync"/>.</summary>
    public async IAsyncEnumerable<GeneratedToken> StreamAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        Generation generation = new(request, _engine, _options);
        Submit(generation);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister((_, token) => Cancel(generation, token), null);
        try
        {
            while (await generation.Answer.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (generation.Answer.TryRead(out GeneratedToken token))
                {
                    // What was generated ahead is not wanted any more.
                    cancellationToken.ThrowIfCancellationRequested();
                    ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
                    yield return token;
                }
            }
        }
        finally
        {
            Cancel(generation, CancellationToken.None);
        }
    }

    /// <summary>Ends all answers, waits for the thread, and frees the engine.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _step.Cancel();
        }
        _work.Release();
        if (!_isStarted)
            Free();
        else if (Thread.CurrentThread != _thread)    // a constraint may dispose of the generator that asks it
            _thread.Join();
    }

    void Submit(Generation generation)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_active - _options.Parallel >= _options.QueueLength)
                throw new QueueFullException(_options.Parallel, _options.QueueLength);
            _active++;
            _waiting.Add(generation);
            if (!_isStarted)
                _thread.Start();
            _isStarted = true;
        }
        _work.Release();
    }

    void Cancel(Generation generation, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (generation.IsCancelled)
                return;
            generation.Cancel(cancellationToken);
            if (_isDisposed)
                return;
            if (_waiting.Remove(generation))
                _active--;
            if (generation.IsInStep && --_inStep == 0)
                _step.Cancel();
        }
    }

    void Work()
    {
        while (true)
        {
            if (_scheduler.Running.Count == 0)
                _work.Wait(CancellationToken.None);
            if (!Begin(out CancellationToken cancellationToken))
                break;
            Step(cancellationToken);
            End();
        }
        Free();
    }

    /// <summary>Lets waiting answers in, and notes who is in the next step; false where the end has come.</summary>
    bool Begin(out CancellationToken cancellationToken)
    {
        while (TryDequeue(out Generation? next))
            _scheduler.Admit(next);
        _scheduler.Leave();
        lock (_gate)
        {
            _inStep = 0;
            foreach (Generation generation in _scheduler.Running)
            {
                generation.IsInStep = !generation.IsCancelled;
                _inStep += generation.IsInStep ? 1 : 0;
            }
            cancellationToken = _step.Token;
            return !_isDisposed;
        }
    }

    bool TryDequeue([NotNullWhen(true)] out Generation? next)
    {
        lock (_gate)
        {
            next = !_isDisposed && _scheduler.HasRoom && _waiting.Count > 0 ? _waiting[0] : null;
            if (next is not null)
                _waiting.RemoveAt(0);
            return next is not null;
        }
    }

    void Step(CancellationToken cancellationToken)
    {
        if (_scheduler.Running.Count == 0)
            return;
        try
        {
            _scheduler.Step(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for this step any more; those who do were left as they were.
        }
#pragma warning disable CA1031 // whatever the engine throws reaches the readers
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _scheduler.Fail(exception);
        }
    }

    void End()
    {
        lock (_gate)
        {
            foreach (Generation generation in _scheduler.Running)
                generation.IsInStep = false;
            _inStep = 0;
            _active = _waiting.Count + _scheduler.Running.Count;
            _statistics = _scheduler.Statistics;
            if (!_isDisposed && _step.IsCancellationRequested)
            {
                _step.Dispose();
                _step = new();
            }
        }
        _scheduler.Publish();    // last, so that a reader who has met the end finds the place free and the sequence kept
    }

    /// <summary>Ends those who still wait, and frees the memory.</summary>
    void Free()
    {
        lock (_gate)
        {
            foreach (Generation generation in _waiting)
            {
                generation.Fail(Disposed());
                generation.Publish();
            }
            _waiting.Clear();
        }
        _scheduler.Fail(Disposed());
        _scheduler.Publish();
        _scheduler.Dispose();
        _engine.Dispose();
        _step.Dispose();
    }

    static ObjectDisposedException Disposed() => new(nameof(GptOssGenerator));
}
