using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Chorale.Kernels;

/// <summary>Writes the AVX512-VNNI tile kernels as machine code, one for each kind of weights, number of tiles and number of tokens.</summary>
/// <remarks>
/// .NET 10 has no intrinsic for <c>vpdpbusd</c> on 512 bits. Plainly, a kernel is: for each block of 32 columns, for each token and tile, start at
/// the record's start value, add eight dot products of four columns, turn to float, multiply by both scales and add to the token's sum.
/// The registers hold all sums of all tokens, so that a vector of weights, once loaded, serves every token.
/// Tokens are addressed by at most three bases and the stride: [base], [base + stride], [base + 2 stride].
/// </remarks>
sealed class TileEmitter
{
    /// <summary>Constants that a kernel reads: the bytes of the 16 FP4 codes four times over, then 64 bytes of 15.</summary>
    internal const int ConstantBytes = 128;

    // Pointers, chosen among the registers that neither calling convention asks to be kept, but for two.
    static readonly AssemblerRegister64 Codes = rax, Scales = r8, Blocks = r9, Stride = rdx, CodesStride = r10, ScalesStride = r11;
    static readonly AssemblerRegister64[] Bases = [rsi, rdi, rbx];

    readonly Assembler _code = new(64);
    readonly TileKind _kind;
    readonly int _tiles, _tokens;

    TileEmitter(TileKind kind, int tiles, int tokens) => (_kind, _tiles, _tokens) = (kind, tiles, tokens);

    /// <summary>The most tokens that a kernel of so many tiles takes.</summary>
    public static int MaxTokens(int tiles) => tiles == 1 ? 8 : 6;

    /// <summary>The machine code of a kernel that takes a pointer to a <see cref="TileCall"/>, by the calling convention of this system.</summary>
    public static byte[] Emit(TileKind kind, int tiles, int tokens)
    {
        TileEmitter emitter = new(kind, tiles, tokens);
        emitter.Emit();
        using MemoryStream stream = new();
        emitter._code.Assemble(new StreamCodeWriter(stream), rip: 0);
        return stream.ToArray();
    }

    // zmm0 to 11: sums of integers, [tile, token]. zmm12 to 23: sums of floats. The packed kernel has one tile and unpacks its eight vectors to zmm8 to 11 and 20 to 23.
    AssemblerRegisterZMM Integer(int tile, int token) => Zmm(tile * _tokens + token);

    AssemblerRegisterZMM Sum(int tile, int token) => Zmm(12 + tile * _tokens + token);

    static AssemblerRegisterZMM Unpacked(int j) => Zmm(j < 4 ? 8 + j : 16 + j);

    static AssemblerRegisterZMM Zmm(int number) => new(Register.ZMM0 + number);

    static AssemblerMemoryOperand Token(int token, int offset) => (token % 3) switch
    {
        0 => __[Bases[token / 3] + offset],
        1 => __[Bases[token / 3] + Stride + offset],
        _ => __[Bases[token / 3] + Stride * 2 + offset],
    };

    static AssemblerMemoryOperand TokenBroadcast(int token, int offset) => (token % 3) switch
    {
        0 => __dword_bcst[Bases[token / 3] + offset],
        1 => __dword_bcst[Bases[token / 3] + Stride + offset],
        _ => __dword_bcst[Bases[token / 3] + Stride * 2 + offset],
    };

    /// <summary>Whether memory sets the pace: then a block asks for what lies 2 KiB ahead, else for one line of <see cref="TileCall.Next"/>.</summary>
    bool IsFedByMemory => _tokens <= 2 && _tiles == 1 && _kind != TileKind.Mxfp4Bytes;

    // The registers of strides are free where there is one tile, the third base where there are two.
    AssemblerRegister64 Next => _tiles == 1 ? ScalesStride : rbx;

    int CodeBytes => _kind == TileKind.Mxfp4 ? 256 : 512;

    int ScaleBytes => _kind == TileKind.Q8 ? 32 : 16;

    void Emit()
    {
        bool windows = OperatingSystem.IsWindows();
        AssemblerRegister64 call = windows ? rcx : rdi;
        SaveRegisters(windows);
        if (!windows)
        {
            _code.mov(rcx, rdi);
            call = rcx;
        }
        _code.mov(Codes, __[call + 0]);
        _code.mov(Scales, __[call + 8]);
        _code.mov(CodesStride, __[call + 16]);
        if (_tiles == 2)
            _code.mov(ScalesStride, __[call + 24]);
        _code.mov(Bases[0], __[call + 32]);
        _code.mov(Stride, __[call + 40]);
        _code.mov(Blocks, __[call + 72]);
        _code.mov(Next, __[call + 88]);
        for (int i = 1; i <= (_tokens - 1) / 3; i++)
        {
            _code.lea(Bases[i], __[Bases[i - 1] + Stride * 2]);
            _code.add(Bases[i], Stride);
        }
        for (int tile = 0; tile < _tiles; tile++)
            for (int token = 0; token < _tokens; token++)
                _code.vpxord(Sum(tile, token), Sum(tile, token), Sum(tile, token));
        if (_kind == TileKind.Mxfp4)
        {
            _code.mov(CodesStride, __[call + 80]);      // there is one tile, so the register is free
            _code.vmovdqu64(zmm30, __[CodesStride + 0]);
            _code.vmovdqu64(zmm31, __[CodesStride + 64]);
        }

        Label loop = _code.CreateLabel();
        _code.Label(ref loop);
        Block();
        _code.add(Codes, CodeBytes);
        _code.add(Scales, ScaleBytes);
        if (!IsFedByMemory)
        {
            _code.prefetcht1(__[Next]);
            _code.add(Next, 64);
        }
        for (int i = 0; i <= (_tokens - 1) / 3; i++)
            _code.add(Bases[i], QuantizedRow.RecordBytes);
        _code.dec(Blocks);
        _code.jne(loop);

        Finish(call);
        RestoreRegisters(windows);
        _code.vzeroupper();
        _code.ret();
    }

    void Block()
    {
        for (int line = 0; IsFedByMemory && line < CodeBytes; line += 64)
            _code.prefetcht0(__[Codes + 2048 + line]);
        int start = _kind == TileKind.Q8 ? QuantizedRow.Q8StartOffset : QuantizedRow.Mxfp4StartOffset;
        for (int token = 0; token < _tokens; token++)
        {
            for (int tile = 0; tile < _tiles; tile++)
                _code.vpbroadcastd(Integer(tile, token), Token(token, start));
        }
        if (_kind == TileKind.Mxfp4)
            DotPacked();
        else
            DotBytes();
        Scale();
    }

    void DotPacked()
    {
        // High halves reach their place by a shift of words; the mask drops what the shift brought along.
        for (int j = 0; j < 4; j++)
        {
            _code.vmovdqu64(Unpacked(j + 4), __[Codes + 64 * j]);
            _code.vpandd(Unpacked(j), Unpacked(j + 4), zmm31);
            _code.vpsrlw(Unpacked(j + 4), Unpacked(j + 4), 4);
            _code.vpandd(Unpacked(j + 4), Unpacked(j + 4), zmm31);
            _code.vpshufb(Unpacked(j), zmm30, Unpacked(j));
            _code.vpshufb(Unpacked(j + 4), zmm30, Unpacked(j + 4));
        }
        for (int j = 0; j < 8; j++)
            for (int token = 0; token < _tokens; token++)
                _code.vpdpbusd(Integer(0, token), Unpacked(j), TokenBroadcast(token, QuantizedRow.ValuesOffset + 4 * j));
    }

    void DotBytes()
    {
        for (int j = 0; j < 8; j++)
        {
            _code.vmovdqu64(zmm24, __[Codes + 64 * j]);
            if (_tiles == 2)
                _code.vmovdqu64(zmm25, __[Codes + CodesStride + 64 * j]);
            for (int token = 0; token < _tokens; token++)
            {
                if (_tiles == 1)
                {
                    _code.vpdpbusd(Integer(0, token), zmm24, TokenBroadcast(token, QuantizedRow.ValuesOffset + 4 * j));
                    continue;
                }
                _code.vpbroadcastd(zmm26, Token(token, QuantizedRow.ValuesOffset + 4 * j));
                _code.vpdpbusd(Integer(0, token), zmm24, zmm26);
                _code.vpdpbusd(Integer(1, token), zmm25, zmm26);
            }
        }
    }

    void Scale()
    {
        for (int tile = 0; tile < _tiles; tile++)
        {
            AssemblerMemoryOperand at = tile == 0 ? __[Scales] : __[Scales + ScalesStride];
            if (_kind == TileKind.Q8)
            {
                _code.vcvtph2ps(Zmm(27 + tile), at);
            }
            else
            {
                _code.vpmovzxbd(Zmm(27 + tile), at);
                _code.vpslld(Zmm(27 + tile), Zmm(27 + tile), 23);
            }
        }
        for (int token = 0; token < _tokens; token++)
        {
            for (int tile = 0; tile < _tiles; tile++)
            {
                _code.vmulps(zmm29, Zmm(27 + tile), TokenBroadcast(token, QuantizedRow.ScaleOffset));
                _code.vcvtdq2ps(Integer(tile, token), Integer(tile, token));
                _code.vfmadd231ps(Sum(tile, token), Integer(tile, token), zmm29);
            }
        }
    }

    /// <summary>Adds the biases and stores; MXFP4's doubled values are halved.</summary>
    void Finish(AssemblerRegister64 call)
    {
        AssemblerRegister64 y = rax, yStride = rdx, bias = r8;
        _code.mov(y, __[call + 48]);
        _code.mov(yStride, __[call + 56]);
        _code.mov(bias, __[call + 64]);
        for (int tile = 0; tile < _tiles; tile++)
            _code.vmovups(Zmm(27 + tile), __[bias + 64 * tile]);
        if (_kind != TileKind.Q8)
        {
            _code.mov(ebx, 0x3F00_0000);
            _code.vpbroadcastd(zmm26, ebx);
        }
        for (int token = 0; token < _tokens; token++)
        {
            for (int tile = 0; tile < _tiles; tile++)
            {
                if (_kind == TileKind.Q8)
                    _code.vaddps(Sum(tile, token), Sum(tile, token), Zmm(27 + tile));
                else
                    _code.vfmadd213ps(Sum(tile, token), zmm26, Zmm(27 + tile));
                _code.vmovups(__[y + 64 * tile], Sum(tile, token));
            }
            if (token + 1 < _tokens)
                _code.add(y, yStride);
        }
    }

    void SaveRegisters(bool windows)
    {
        _code.push(rbx);
        if (!windows)
            return;
        _code.push(rsi);
        _code.push(rdi);
        _code.sub(rsp, 160);
        for (int i = 6; i < 16; i++)
            _code.movups(__[rsp + (i - 6) * 16], new AssemblerRegisterXMM(Register.XMM0 + i));
    }

    void RestoreRegisters(bool windows)
    {
        if (windows)
        {
            for (int i = 6; i < 16; i++)
                _code.movups(new AssemblerRegisterXMM(Register.XMM0 + i), __[rsp + (i - 6) * 16]);
            _code.add(rsp, 160);
            _code.pop(rdi);
            _code.pop(rsi);
        }
        _code.pop(rbx);
    }
}
