namespace Chorale.Grammar.Tests;

public static class GbnfCases
{
    public static IEnumerable<NotationCase> All =>
    [
        new("json", """
            root   ::= object
            value  ::= object | array | string | number | ("true" | "false" | "null") ws
            object ::=
              "{" ws (
                        string ":" ws value
                ("," ws string ":" ws value)*
              )? "}" ws
            array  ::= "[" ws ( value ("," ws value)* )? "]" ws
            string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\"" ws
            number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,15})? ws
            # one white space at most, or a line break and an indentation
            ws ::= | " " | "\n" [ \t]{0,20}
            """,
            ["{}", "{ }", """{"a": [1, -2.5e3, "x\n\u00e9"], "b":{"c":null}}""", "{\n  \"a\": true\n}\n", "{\"😀\":\"\"}"],
            ["", "[]", "{  }", "{\"a\":}", "{\"a\": 01}", "{\"a\":1,}", "{\"a\\x\":1}", "{\"\u007f\":1}", "{\"a\":\"\n\"}"]),

        new("arithmetic", """
            root  ::= (expr "=" ws term "\n")+
            expr  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num   ::= [0-9]+ ws
            ws    ::= [ \t\n]*
            """,
            ["1=2\n", "a_1 +(2*b)/3 = x\n", "1=2\n3 = 4\n\n"],
            ["", "1=2", "1+=2\n", "=1\n", "(1=2\n", "A=1\n"]),

        new("arithmetic, left-recursive", """
            root ::= root "+" product | root "-" product | product
            product ::= product "*" factor | factor
            factor ::= [0-9]+ | "(" root ")" | "-" factor
            """,
            ["1", "12*3+4", "-(1-2)*-3", "((1))", "1-2-3"],
            ["", "1+", "+1", "(1", "1 ", "()", "1*/2"]),

        new("ambiguous", """
            root ::= root root | "a" | "ab" | "b" "?"
            """,
            ["a", "ab", "aab", "abab", "aaaaaaaa", "b?a", "abb?ab"],
            ["", "b", "abb", "ba", "?"]),

        new("chess", """
            root   ::= "1. " move " " move "\n" ([1-9] [0-9]? ". " move " " move "\n")+
            move   ::= (pawn | nonpawn | castle) [+#]?
            nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
            pawn   ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
            castle ::= "O-O" "-O"?
            """,
            ["1. e4 e5\n2. Nf3 Nc6\n", "1. e4 d5\n2. exd5 Qxd5\n10. O-O O-O-O+\n"],
            ["", "1. e4 e5\n", "1. e4\n2. e5 e6\n", "1. e4 e5\n2. Nf9 Nc6\n", "1. e4 e5\n100. e4 e5\n"]),

        new("list", """
            root ::= item+
            # an item is a line
            item ::= "- " [^\r\n\x0b\x0c\x85\u2028\u2029]+ "\n"
            """,
            ["- a\n", "- one two\n- 三\n"],
            ["", "-a\n", "- \n", "- a", "- a\r\n", "- a\u2028\n"]),

        new("japanese", """
            root     ::= jp-char+ ([ \t\n] jp-char+)*
            jp-char  ::= hiragana | katakana | punctuation | cjk
            hiragana ::= [ぁ-ゟ]
            katakana ::= [ァ-ヿ]
            punctuation ::= [、-〾]
            cjk      ::= [一-鿿]
            """,
            ["これは日本語です。", "カタカナ ひらがな", "漢\n字"],
            ["", "abc", "これ ", " これ", "한국어"]),

        new("names and numbers", """
            root ::= A-1 _b 2c
            A-1 ::= "a"
            _b ::= "b"
            2c ::= "c"
            """,
            ["abc"],
            ["", "ab", "A-1_b2c"]),

        new("repetition", """
            root ::= "a"{2} [b-d]{1,3} ("e" "f")* x{2,} y{,2} z{0} "g" { 1 , 2 }
            x ::= "(" x ")" | "x"
            y ::= "<" y ">" | "y"
            z ::= "z"
            """,
            ["aabxxg", "aabcd(x)xgg", "aabefefxxx(x)g", "aacxx<y>yg", "aadxxyg"],
            ["abxxg", "aaxxg", "aabcdbxxg", "aabxg", "aabxxyyyg", "aabxxzg", "aabxxggg", "aabefexxg"]),

        new("operators in a row", """
            root ::= "a"?* "b"+? ("c"*)+ "d"{2}{3}
            """,
            ["dddddd", "aabbbccdddddd", "bdddddd"],
            ["", "ddddd", "ddddddd", "adbdddddd"]),

        new("classes", """
            root ::= [a\-z] [\]] [-x] [y-] [\^a] "b" [^^] [0-9a-f-] [\x41\u00e9\U0001F600] .
            """,
            ["a]xy^b.-A!", "-]--ab0cé\n", "z]xyab\"1😀😀"],
            ["b]xyab00A!", "a]zyab00A!", "a]xzab00A!", "a]xyab^0A!", "a]xyab.gA!", "a]xyab.0B!", "a]xyab.0A"]),

        new("literals", """
            root ::= "" "tab\there" "\"quoted\"" "\\" "\[\]" "line
            break" "\x41\u00E9\U0001F600"
            """,
            ["tab\there\"quoted\"\\[]line\nbreakAé😀"],
            ["tab here\"quoted\"\\[]line\nbreakAé😀", ""]),

        new("layout", """

            # comment
            root ::= # the first
              a |  # or

              b
              | "c"
              | ( "d"
                  "e" |
                  "f" ) +
            a ::= "a"   # the end
            b	::=	"b"

            """,
            ["a", "b", "c", "de", "fdef"],
            ["", "d", "cc", "ab"]),

        new("carriage returns", "root ::= a\r\n | b\r\na ::= \"a\"\rb ::= \"b\"\r\n",
            ["a", "b"],
            ["", "\r"]),

        new("empty alternatives", """
            root ::= | "a" root | ( | "b" | ) "c"
            """,
            ["", "a", "aac", "bc", "c", "aabc"],
            ["b", "ca", "cc"]),

        new("right recursion", """
            root ::= "x" root | "y" tail
            tail ::= "" | "z" tail | "w" ("v" tail)?
            """,
            ["y", "xxy", "xyzzz", "yzw", "ywvzwv"],
            ["", "x", "xz", "yv", "ywz"]),

        new("mutual recursion", """
            root ::= even
            even ::= "" | "a" odd
            odd ::= "a" even
            """,
            ["", "aa", "aaaa", "aaaaaa"],
            ["a", "aaa", "b"]),

        new("hidden left recursion", """
            root ::= opt root "x" | "y"
            opt ::= "" | "o"
            """,
            ["y", "yx", "oyx", "ooyxx", "oyxx", "yxxx"],
            ["", "x", "oy", "ooyx", "oyxo"]),

        new("loops of nothing", """
            root ::= a* (b*)* "end"
            a ::= "" | c
            b ::= a | "b" b "b"
            c ::= a | "c"
            """,
            ["end", "cend", "ccccend", "bcbend", "bbend", "cbbccend"],
            ["", "bend", "bcend", "cendend"]),

        new("XML without attributes", """
            root ::= element
            element ::= "<a>" content "</a>" | "<b>" content "</b>" | "<c/>"
            content ::= (element | text)*
            text ::= [^<&]+ | "&" ("lt" | "gt" | "amp") ";"
            """,
            ["<c/>", "<a></a>", "<a>x &lt; y<b><c/></b></a>", "<b>&amp;&amp;</b>"],
            ["", "x", "<a>", "<a></b>", "<a><b></a></b>", "<a>&x;</a>"]),

        new("python-like calls", """
            root ::= call ("\n" call)*
            call ::= name "(" args? ")"
            args ::= arg (", " arg)*
            arg ::= (name "=")? value
            value ::= call | name | [0-9]+ | "'" [^'\n]* "'" | "[" (value (", " value)*)? "]"
            name ::= [a-zA-Z_] [a-zA-Z0-9_]*
            """,
            ["f()", "f(x, y=1)\ng('a b', [1, h()])", "f([[]])"],
            ["", "f", "f(,)", "f(x y)", "f(x=)", "f(x==1)", "f()\n", "f('a)"]),

        new("semantic versions", """
            root ::= num "." num "." num ("-" pre ("." pre)*)? ("+" [0-9A-Za-z-]+)?
            num ::= "0" | [1-9] [0-9]*
            pre ::= num | [0-9]* [A-Za-z-] [0-9A-Za-z-]*
            """,
            ["0.0.0", "1.20.300", "1.0.0-alpha.1", "1.0.0-0a+build-7", "1.2.3+5"],
            ["1.2", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3"]),

        new("roman numerals", """
            root ::= "M"{0,3} ("CM" | "CD" | "D"? "C"{0,3}) ("XC" | "XL" | "L"? "X"{0,3}) ("IX" | "IV" | "V"? "I"{0,3})
            """,
            ["", "MMXXIV", "MCMXCIX", "III", "CDXLIV"],
            ["IIII", "VX", "IC", "MMMM", "iv"]),

        new("dangling else", """
            root ::= s
            s ::= "if " c " " s | "if " c " " s " else " s | "x"
            c ::= [pq]
            """,
            ["x", "if p x", "if p if q x else x", "if p if q x else x else x"],
            ["", "if x", "if p x else", "x else x", "if p x else x else x"]),

        new("any characters", """
            root ::= . .? ".." [^a]
            """,
            ["a...", "\n😀..\n", "x..b", "....."],
            ["", "..a", "x.b", "ab..a", "..."]),

        new("copies of rules", """
            root ::= (p{2} "," ){3} p{10,20}
            p ::= "(" p ")" | "."
            """,
            ["..,..,..,..........", "(.).,.((.)),..,..........(.)........."],
            ["..,..,..,.........", "..,..,..........", ".,..,..,..........", "..,..,..,....................."]),
    ];
}
