namespace Chorale.Grammar.Tests;

public static class LarkCases
{
    public static IEnumerable<NotationCase> All =>
    [
        new("arithmetic, left-recursive", """
            ?start: sum
            ?sum: product | sum "+" product -> add | sum "-" product -> sub
            ?product: atom | product "*" atom -> mul | product "/" atom -> div
            ?atom: NUMBER -> number | "-" atom -> neg | "(" sum ")"
            %import common.NUMBER
            %import common.WS_INLINE
            %ignore WS_INLINE
            """,
            ["1", "1+2", " 1 + 2*3 ", "-(1.5e3 - --2)/7", "((1))", "1\t- 2 -3"],
            ["", "1+", "(1", "1 2", "+1", "1**2", "1\n", "()"]),

        new("arithmetic, right-recursive and ambiguous", """
            start: e
            e: e "+" e | e "*" e | "-" e | e "!" | "(" e ")" | DIGIT
            DIGIT: "0".."9"
            """,
            ["1", "1+2*3+4", "-1!", "--1!!", "(1+2)*3", "-1+-2!", "((1)!)"],
            ["", "+1", "1+", "!1", "(1", "12", "1-2", "-", "1+*2", "()"]),

        new("json", """
            ?start: value
            ?value: object | array | string | SIGNED_NUMBER -> number | "true" -> yes | "false" -> no | "null" -> none
            array: "[" [value ("," value)*] "]"
            object: "{" [pair ("," pair)*] "}"
            pair: string ":" value
            string: ESCAPED_STRING
            %import common (ESCAPED_STRING, SIGNED_NUMBER, WS)
            %ignore WS
            """,
            ["{}", "[]", " [ 1 , -2.5e-3, true ]\n", """{"a": {"b": [null, "x\"y\\"]}}""", "\"ü😀\"", "[[[[]]]]", "1."],
            ["", "{", "[1,]", "{\"a\"}", "{a: 1}", "nul", "[1 2]", "\"a\"b\"", "\"a\\\"", "tr ue"]),

        new("patch", """
            start: begin_patch hunk+ end_patch
            begin_patch: "*** Begin Patch" LF
            end_patch: "*** End Patch" LF?
            hunk: add_hunk | delete_hunk | update_hunk
            add_hunk: "*** Add File: " filename LF add_line+
            delete_hunk: "*** Delete File: " filename LF
            update_hunk: "*** Update File: " filename LF move? change?
            filename: /(.+)/
            add_line: "+" /(.*)/ LF -> line
            move: "*** Move to: " filename LF
            change: (context | change_line)+ eof_line?
            context: ("@@" | "@@ " /(.+)/) LF
            change_line: ("+" | "-" | " ") /(.*)/ LF
            eof_line: "*** End of File" LF
            %import common.LF
            """,
            [
                "*** Begin Patch\n*** Add File: a.txt\n+hello\n+\n*** End Patch\n",
                "*** Begin Patch\n*** Delete File: b\n*** End Patch",
                "*** Begin Patch\n*** Update File: src/é.c\n*** Move to: d.c\n@@ int main()\n-old\n+new\n same\n*** End of File\n*** Delete File: x\n*** End Patch\n",
                "*** Begin Patch\n*** Update File: a\n*** End Patch\n",
            ],
            [
                "",
                "*** Begin Patch\n*** End Patch\n",
                "*** Begin Patch\n*** Add File: a.txt\n*** End Patch\n",
                "*** Begin Patch\n*** Add File: \n+x\n*** End Patch\n",
                "*** Begin Patch\n*** Update File: a\nx\n*** End Patch\n",
                "*** Begin Patch\n*** Delete File: b\n*** End Patch\n\n",
            ]),

        new("sql subset", """
            start: select ";"?
            select: "select"i columns "from"i NAME where? order?
            columns: "*" | _list{column, ","}
            column: NAME ("as"i NAME)? | FUNCTION "(" (NAME | "*") ")"
            where: "where"i condition
            ?condition: condition "or"i conjunction | conjunction
            ?conjunction: conjunction "and"i predicate | predicate
            predicate: NAME OPERATOR value | "not"i predicate | "(" condition ")" | NAME "in"i "(" _list{value, ","} ")"
            value: SIGNED_NUMBER | STRING | NAME
            order: "order"i "by"i _list{key, ","}
            key: NAME ["asc"i | "desc"i]
            _list{x, separator}: x (separator x)*
            FUNCTION: "count"i | "sum"i
            OPERATOR: "=" | "<>" | "<" ["="] | ">" "="?
            NAME: CNAME
            STRING: "'" ("''" | /[^']/)* "'"
            %import common.CNAME
            %import common.SIGNED_NUMBER
            %import common.WS
            %ignore WS
            %ignore SQL_COMMENT "\n"
            %import common.SQL_COMMENT
            """,
            [
                "select * from t", "SELECT a, b AS c FROM t;", "select count(*) from t where x = 1 and not (y <> 'it''s' or z >= -2)",
                "select a from t order by a, b DESC", "select a -- the a\n from t where a in (1, 'x', b)",
            ],
            ["select from t ;;", "select a, from t", "select * from", "select * from t where", "select a from t where a == 1", "select a from t order a", "update t"]),

        new("dates", """
            start: date ("T" time)?
            date: YEAR "-" MONTH "-" DAY
            time: HOUR ":" MINUTE (":" MINUTE)? ZONE?
            YEAR: DIGIT~4
            MONTH: "0" "1".."9" | "1" "0".."2"
            DAY: "0" "1".."9" | "1".."2" DIGIT | "3" ("0" | "1")
            HOUR: /[01][0-9]|2[0-3]/
            MINUTE: "0".."5" DIGIT
            ZONE: "Z" | ("+" | "-") HOUR ":" MINUTE
            %import common.DIGIT
            """,
            ["2024-02-29", "1999-12-31T23:59", "2024-01-01T00:00:00Z", "2024-01-01T10:30-05:00"],
            ["2024-13-01", "2024-00-01", "2024-01-32", "24-01-01", "2024-01-01T24:00", "2024-01-01T", "2024-1-1", "2024-01-01T10:30 Z"]),

        new("csv", """
            start: row (NEWLINE row)* NEWLINE?
            row: field ("," field)*
            field: QUOTED | PLAIN
            QUOTED: "\"" (/[^"]/ | "\"\"")* "\""
            PLAIN: /[^",\r\n]*/
            NEWLINE: /\r?\n/
            """,
            ["", "a", "a,b\nc,d\n", ",,", "\"a \"\"b\"\"\n\",c", "a\r\nb", "\n\n", "ü,\"\"", "Ā\na"],
            ["\"", "a\"b", "\"a\"b", "a\rb"]),

        new("s-expressions", """
            start: expression+
            expression: SYMBOL | INT | ESCAPED_STRING | "(" expression* ")" | "'" expression
            SYMBOL: /[a-z+*\/<=>!?-][a-z0-9+*\/<=>!?-]*/i
            COMMENT: /;[^\n]*\n/
            %import common.INT
            %import common.ESCAPED_STRING
            %import common.WS
            %ignore WS
            %ignore COMMENT
            """,
            ["x", "(+ 1 2)", "(define (f X) (if (<= X 1) 1 (* X (f (- X 1)))))", "'(a \"b c\" ())", "; hi\n(a);there\nb", "a b 1 2", "12x"],
            ["", "(", ")", "(a", "'", "a)", "\"", "; hi"]),

        new("chess moves", """
            start: ply (" " ply)*
            ply: (castle | move) CHECK? | INT "."
            castle: "O-O" "-O"?
            move: PIECE? SQUARE_HINT? "x"? SQUARE ("=" /[QRBN]/)?
            PIECE: /[KQRBN]/
            SQUARE: "a".."h" "1".."8"
            SQUARE_HINT: "a".."h" | "1".."8" | SQUARE
            CHECK: "+" | "#"
            %import common.INT
            """,
            ["1. e4 e5", "1. Nf3 Nc6 2. O-O O-O-O+", "exd8=Q#", "Rae1", "R1e1", "Qa1xb2", "bxa1"],
            ["", "e9", "Pe4", "1.e4", "e4 ", "O-O-O-O", "e8=K", "i1"]),

        new("right recursion", """
            start: list
            list: item "," list | item
            item: "a" | "b" item
            """,
            ["a", "ba", "a,a", "bba,a,bba"],
            ["", "b", "a,", ",a", "ab", "a,,a"]),

        new("recursion by way of others", """
            start: a
            a: b "x" | "1"
            b: c "y" | a "z"
            c: a
            """,
            ["1", "1yx", "1zx", "1yxzx", "1zxyx", "1yxyxyx"],
            ["", "1y", "1x", "1yzx", "1xx", "yx"]),

        new("palindromes", """
            start: p
            p: | "a" | "b" | "a" p "a" | "b" p "b"
            """,
            ["", "a", "bb", "abba", "ababa", "bbabb", "aabaa"],
            ["ab", "abb", "aab", "c", "abab", "baa"]),

        new("nested brackets", """
            start: (group)*
            group: "(" start ")" | "[" start "]" | "<" group~1..2 ">"
            """,
            ["", "()", "()[]", "([()])", "<()>", "<()[]>", "(<[]>)()"],
            ["(", "(]", "<>", "<()()()>", "())", "]["]),

        new("equal counts", """
            start: a | b
            a: "x" a "y" | "xy"
            b: "x"+ "z"
            """,
            ["xy", "xxyy", "xxxyyy", "xz", "xxxxz"],
            ["", "xxy", "xyy", "z", "xyz", "xxyyz"]),

        new("repetition", """
            start: word~2..3 ";" digit~2 ";" [sign] x~0 item~0..2
            word: "w" | "v" word
            digit: DIGIT
            sign: "+" | "-"
            x: "x"
            item: "i" | "(" item ")"
            DIGIT: /\d/
            """,
            ["ww;12;", "wvw;00;+", "wwvvw;99;-", "vwvwvw;55;", "ww;12;i", "ww;12;+i((i))"],
            ["w;12;", "wwww;12;", "ww;1;", "ww;123;", "ww;12;+-", "ww;12;x", "ww;12;iii", "ww;12;()"]),

        new("all that is optional", """
            start: [a] [b] c? ("d" | )
            a: "a" | "A" a
            b: [a] "b"
            c: "c"*
            """,
            ["", "a", "ab", "aab", "b", "cccd", "d", "AaAab", "abd"],
            ["ba", "dd", "A", "dc", "abb"]),

        new("case", """
            start: "Straße"i WORD "K"
            WORD: "ab"i "c" /d/i
            """,
            ["StraßeabcdK", "STRAßEABcDK", "straßeaBcdK"],
            ["strasseabcdK", "StraßeabCdK", "Straßeabcdk"]),

        new("escapes", """
            start: "\t\"\\\u00e9\x41\U0001F600\uD83D\uDE00/" SLASH
            SLASH: "\/" | /\//
            """,
            ["\t\"\\éA😀😀//"],
            ["\t\"\\éA😀😀/", "\\t\"\\éA😀😀//"]),

        new("regular expressions", """
            start: A B C D E
            A: /[a-c\]x-]+/
            B: /\d{2,3}(?:;|,)/
            C: /a.b/s
            D: / [ ] \# # a comment
                 y /x
            E: /.*/
            """,
            ["a]-12;a\nb #y", "x123,a.b #yrest of it", "b]99,aab #y#\r"],
            ["12;a.b #y", "a1;a.b #y", "a1234;axb #y", "a12;ab #y", "a12;a.b# y", "a12;a.b #y\n"]),

        new("what is ignored", """
            start: "a" B~2 c
            B: "b" "b"
            c: | "c"
            %ignore " "
            %ignore /\n#[^\n]*\n/
            %ignore "--" "!"+ | "~"
            """,
            ["abbbb", "  a bb  bb c  ", "~a--!bb--!!!~ bbc\n# note\n", "\n#a\na bbbb"],
            ["a b b bb", "abbbb--", "a bb c", "abbbb\n", "abbbbcc"]),

        new("templates", """
            start: _many{NUMBER, ","} ";" _many{pair{"x", NUMBER}, _many{"-", "."}} ";" _pick{word}
            _many{item, between}: item (between item)*
            pair{a, b}: a b | "(" pair{b, a} ")"
            _pick{w}: w | "[" _pick{w} "]"
            word: "w" word | "w"
            NUMBER: /[0-9]/
            """,
            ["1;x1;w", "1,2;x1-x2;ww", "1;x1-.-x2;[[w]]", "1;(1x);w", "1;((x1))-x2;[www]"],
            ["1;1x;w", "1;(x1);w", "1,;x1;w", "1;x1.x2;w", "1;x1-.x2;w", "1;x1;[w", "1;((1x));w"]),

        new("layout", """
            // A comment

            start:
                a        # another
              | b "!"    // and one more

              | (
                  "c"
                  | "d"
                )+
            a.2: "a"
            b.-1:
            !c: "never used"
            %import common (INT,
                LETTER)
            D: INT | LETTER
            """,
            ["a", "!", "cddc"],
            ["", "b!", "never used", "ca"]),

        new("ambiguous words", """
            start: (KEYWORD | NAME | PAIR)*
            KEYWORD: "if" | "in" | "int"
            NAME: /[a-z]+/
            PAIR: "if" NAME
            """,
            ["", "if", "int", "iffy", "inintif", "x"],
            ["IF", "i f", "1"]),

        new("escaped strings and comments", """
            start: (C_COMMENT | CPP_COMMENT LF | ESCAPED_STRING | SH_COMMENT NEWLINE)+
            %import common.C_COMMENT
            %import common.CPP_COMMENT
            %import common.SH_COMMENT
            %import common.ESCAPED_STRING
            %import common.NEWLINE
            %import common.LF
            %import common.LF
            """,
            ["/**/", "/* a * b ** / */", "// x\n", "\"a\\\\\"", "\"\\\"\"#\r\n\n", "/***/\"\""],
            ["", "/*/", "/* */ */", "//", "\"\\\"", "\"\n\"", "#"]),

        new("numbers of common", """
            start: INT ":" SIGNED_INT ":" DEC ":" FLOAT ":" SIGNED_FLOAT ":" NUMBER ":" SIGNED_NUMBER ":" HEXDIGIT CNAME
            %import common (INT, SIGNED_INT, FLOAT, SIGNED_FLOAT, NUMBER, SIGNED_NUMBER, HEXDIGIT, CNAME)
            %import common.DECIMAL -> DEC
            """,
            ["1:-1:1.:1e5:+1.5:7:-.5:f_x1", "01:2:.5:1.5E-3:1.:1e+1:9:0A"],
            ["-1:1:1.0:1.0:1.0:1:1:ab", "1:1:1:1.0:1.0:1:1:ab", "1:1:1.0:1:1.0:1:1:ab", "1:1:1.0:1.0:1.0:+1:1:ab", "1:1:1.0:1.0:1.0:1:1:ga", "1:1:.:1.0:1.0:1:1:ab"]),

        new("words of common", """
            start: DIGIT LCASE_LETTER UCASE_LETTER LETTER~2 WORD WS_INLINE WS CR LF NEWLINE SQL_COMMENT
            %import common (DIGIT, LCASE_LETTER, UCASE_LETTER, LETTER, WORD, WS_INLINE, WS, CR, LF, NEWLINE, SQL_COMMENT)
            """,
            ["1aBcDword\t \n\f\r\n\r\n--x", "0zZzzz  \r\n\n\n--"],
            ["1aBcDword\t\r\n\n--", "aBcDword\t \r\n\n--", "1abcDword\t \r\n\n--", "1aBcDword\t \r\n\n-"]),

        new("many keywords", $"""
            start: keyword ("," keyword)*
            keyword: {string.Join(" | ", Enumerable.Range(0, 1_500).Select(i => $"\"k{i}\""))}
            """,
            ["k0", "k1499", "k1,k12,k123"],
            ["k1500", "k", "k01", "k1,"]),

        new("a terminal too large for one piece", $"""
            start: LONG ";" LONG?
            LONG: PART PART PART
            PART: {string.Join(" | ", Enumerable.Range(0, 6_000).Select(i => $"\"p{i}\""))}
            """,
            ["p0p1p2;", "p0p1p2;p5999p5p77"],
            ["p0p1;", "p0p1p2p3;", "p0p1p6000;", "p0 p1p2;"]),
    ];
}
