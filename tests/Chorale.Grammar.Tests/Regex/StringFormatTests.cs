namespace Chorale.Grammar.Tests;

public class StringFormatTests
{
    static readonly string LongestLabel = new('a', 63);

    public static TheoryData<string, string[], string[]> Formats => new()
    {
        {
            "date",
            ["2024-02-29", "2000-02-29", "0000-02-29", "0004-02-29", "2023-02-28", "2024-01-31", "2024-04-30", "2024-12-31", "9999-12-31"],
            ["2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32", "24-01-01", "2024-1-01", "2024/01/01", "2024-01-01 ", "１024-01-01", ""]
        },
        {
            "time",
            [
                "00:00:00Z", "23:59:59z", "12:34:56.7+01:00", "12:34:56.789012345678901234567890-23:59", "08:30:06.283185Z", "12:00:59.999999999Z",
                "23:59:60Z", "23:59:60.5z", "23:59:60+00:00", "23:59:60-00:00", "01:29:60+01:30", "23:29:60+23:30", "00:59:60+01:00", "00:00:60+00:01", "15:59:60-08:00", "00:29:60-23:30", "22:59:60-01:00",
            ],
            [
                "12:34:56", "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00.Z", "12:00Z", "12:00:00+24:00", "12:00:00+01:60", "12:00:00+0100", "12:00:00+01", "1:00:00Z", "12:00:00 Z", "12:00:00−01:00",
                "22:59:60Z", "23:58:60Z", "23:59:60+01:00", "23:59:60-01:00", "12:00:60Z", "00:59:60-01:00", "23:59:60", "23:59:61Z", "12:00:59.99999999999999999Z", "",
            ]
        },
        {
            "date-time",
            ["2024-02-29T12:34:56Z", "1985-04-12t23:20:50.52z", "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "1937-01-01T12:00:27.87+00:20"],
            ["2023-02-29T12:34:56Z", "2024-02-29 12:34:56Z", "2024-02-29T12:34:56", "2024-02-29", "12:34:56Z", "2024-02-29T24:00:00Z", "1998-12-31T23:58:60Z", "2013-350T01:01:01Z", ""]
        },
        {
            "iso-time",
            ["12:34:56", "12:34:56Z", "12:34:56+01", "12:34:56+0130", "12:34:56.5+01:30", "23:59:60", "00:59:60+01:00"],
            ["12:34", "24:00:00", "12:34:60", "12:34:56+1"]
        },
        {
            "iso-date-time",
            ["2024-02-29T12:34:56", "2024-02-29T12:34:56+01", "2024-02-29t12:34:56Z", "1998-12-31T23:59:60"],
            ["2024-02-29", "2024-02-29_12:34:56", "2023-02-29T12:34:56"]
        },
        {
            "duration",
            ["P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "PT36H", "P1DT12H", "P2W", "P1Y2M3DT4H5M6S", "P1Y3D", "PT1H3S"],
            ["P", "PT", "P1DT", "4D", "P2D1Y", "P1D2H", "P2S", "PT1D", "P1Y2W", "P1W2D", "P-1D", "P1.5D", "p1d", "P1", "P২Y", ""]
        },
        {
            "email",
            ["joe.bloggs@example.com", "te~st@example.com", "~test@example.com", "a+b@c.org", "x@a-b.co", "#!$%&'*+/=?^_`{|}~-@example.com", "1@2.3"],
            ["2962", ".test@example.com", "test.@example.com", "te..st@example.com", "a@b@c.de", "joe@", "@example.com", "joe@localhost", "joe@-a.de", "joe@a-.de", "joe@a..de", "a b@example.com", "joe@example.com.", "jöe@example.com", ""]
        },
        {
            "idn-email",
            ["실례@실례.테스트", "jöe.blöggs@exämple.com", "joe.bloggs@example.com"],
            ["2962", "a@b", "a\u00A0b@example.com", "실례@-실례.테스트", ".실례@실례.테스트"]
        },
        {
            "hostname",
            ["www.example.com", "a", "1", "xn--4gbwdl.xn--wgbh1c", "a-b.c--d", $"{LongestLabel}.{LongestLabel}", $"{LongestLabel}.{LongestLabel}.{LongestLabel}.{LongestLabel[..61]}", "LOCALHOST"],
            ["", ".", "-a", "a-", "a..b", ".a", "a.", "a_b", "a b", $"{LongestLabel}a", $"{LongestLabel}.{LongestLabel}.{LongestLabel}.{LongestLabel[..62]}", "ä.de"]
        },
        {
            "idn-hostname",
            ["실례.테스트", "www.example.com", "bücher.de", "ελληνικά", "अ\u0928\u0941"],
            ["", "-실례", "실례-", "\u0903a", "\u0301a", "BÜCHER.de", "ab--ü", "〮한국", "a b"]
        },
        {
            "ipv4",
            ["192.168.0.1", "0.0.0.0", "255.255.255.255", "10.20.30.40"],
            ["256.0.0.1", "127.0.0", "127.0.0.0.1", "01.2.3.4", "1.2.3.4/24", "0x7f.0.0.1", "1.2.3.٤", "1.2.3.", ""]
        },
        {
            "ipv6",
            [
                "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "12:34:56:78:9A:bc::f", "abef::42", "::ffff:192.168.0.1", "1:2:3:4:5:6:1.2.3.4",
                "::1.2.3.4", "1:2:3:4:5::1.2.3.4", "1::d6:192.168.0.1", "1:2::192.168.0.1", "::2:3:4:5:6:1.2.3.4", "1:2:3::8",
            ],
            [
                "", ":", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12:34:56:78:9A:bc:de::f", "1:2:3:4:5:6:7:8::", "1:2:3:4::5:6:7:8:9", "12345::", "::abcdef", ":::", "::1::", ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "fe80::a%eth1", "::/64",
                "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6::1.2.3.4", "::1.2.256.4", "1.2.3.4", "1.2.3.4::", "::laptop", "100:100:100:100:100:100:255.255.255.255.255", "1:2:3:4:5:6:7:৪",
            ]
        },
        {
            "uri",
            [
                "http://foo.bar/?baz=qux#quux", "http://foo.com/blah_(wikipedia)_blah#cite-1", "http://foo.bar/?q=Test%20URL-encoded%20stuff", "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
                "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "file:///etc/passwd",
                "http://[v1.a:b]:80/", "a:/", "ftp://user@host:21/a//b;c", "http://1.2.3.4.5/",
            ],
            [
                "//foo.bar/?baz=qux#quux", "/abc", "abc", "\\\\WINDOWS\\fileshare", "http:// shouldfail.com", ":// should fail", "bar,baz:foo", "http://a/%2", "http://a/%zz", "http://[::1", "http://[1:2]/", "http://a b/",
                "http://ä.de/", "https://[@example.org/test.txt", "https://example.org/foobar\".txt", "https://example.org/foobar<>.txt", "https://example.org/foobar`.txt", "http://a/#b#c", "1http://a", "",
            ]
        },
        {
            "uri-reference",
            ["http://foo.bar/?baz=qux#quux", "//foo.bar/?baz=qux#quux", "/abc", "abc", "#fragment", "?query", "", "a/b:c", "../x", "a:", "//"],
            ["\\\\WINDOWS\\fileshare", "#frag\\ment", "a b", "1:b", "ä", "%", "[a]"]
        },
        {
            "iri",
            ["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://foo.bar/", "http://[2001:0db8:85a3:0000:0000:8a2e:0370:7334]", "a:😀", "a:b?\uE000"],
            ["/abc", "âππ", "http://2001:0db8:85a3:0000:0000:8a2e:0370:7334", "\\\\WINDOWS\\filëßåré", "a:\uE000", "a: "]
        },
        {
            "iri-reference",
            ["//ƒøø.ßår/?∂éœ=πîx#πîüx", "/âππ", "âππ", "#ƒrägmênt", ""],
            ["\\\\WINDOWS\\filëßåré", "#ƒräg\\mênt", "a\u0080"]
        },
        {
            "uri-template",
            ["http://example.com/dictionary/{term:1}/{term}", "http://example.com/dictionary", "dictionary/{term:1}/{term}", "{?x,y*,z:300}", "{+path}/here", "{#a}{;b}{&c}{.d}{/e}", "ä{%41b}", ""],
            ["http://example.com/{", "{term:1}/{term", "{}", "{a,}", "{a:0}", "{a:10000}", "{a**}", "{a b}", "a b", "a'b", "a<b", "a|b", "{-a}", "%4"]
        },
        {
            "uuid",
            ["2EB8AA08-aa98-11ea-b4aa-73b441d16380", "00000000-0000-0000-0000-000000000000"],
            ["2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-73b441d16380", "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4ga-73b441d16380", "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", ""]
        },
        {
            "json-pointer",
            ["", "/", "/foo/bar~0/baz~1/%a", "/foo//bar", "/😀", "/ ", "/a\"b\\c"],
            ["foo", "/foo/bar~", "/~2", "/~~", "#/a", "0"]
        },
        {
            "json-pointer-uri-fragment",
            ["#", "#/a", "#/a~0%25/b"],
            ["", "/a", "#a", "#/~2", "#/%2", "#/a b"]
        },
        {
            "relative-json-pointer",
            ["0", "1", "120#", "0/foo/bar", "2/0/baz/1/zip", "0#"],
            ["", "/foo/bar", "-1/foo", "01", "01/a", "0##", "0#/a", "1a", "+1/foo"]
        },
        {
            "byte",
            ["", "QQ==", "QUI=", "QUJD", "ab+/abcd"],
            ["Q", "QQ", "QQ=", "QUI", "Q===", "QUJD=", "QU-D", "QUJD\n"]
        },
        { "password", ["", "anything\nat all"], [] },
        { "binary", ["", "anything\nat all"], [] },
    };

    [Theory, MemberData(nameof(Formats))]
    public void A_format_holds_what_is_valid_alone(string format, string[] valid, string[] invalid)
    {
        Assert.True(StringFormats.TryGet(format, out RegularExpression? language));
        Assert.All(valid, text => Assert.True(language.Accepts(text), $"'{text}' is a {format}"));
        Assert.All(invalid, text => Assert.False(language.Accepts(text), $"'{text}' is no {format}"));
    }

    [Fact]
    public void Dates_are_those_of_the_calendar()
    {
        Assert.True(StringFormats.TryGet("date", out RegularExpression? dates));
        foreach (int year in new[] { 1, 4, 1896, 1900, 1999, 2000, 2004, 2010, 2100, 2400 })
        {
            for (int month = 0; month <= 13; month++)
            {
                for (int day = 0; day <= 32; day++)
                {
                    bool isDate = month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
                    string text = $"{year:0000}-{month:00}-{day:00}";
                    Assert.True(isDate == dates.Accepts(text), text);
                }
            }
        }
    }

    [Fact]
    public void A_leap_second_is_a_minute_before_midnight_in_utc()
    {
        Assert.True(StringFormats.TryGet("time", out RegularExpression? times));
        for (int minute = 0; minute < 24 * 60; minute += 7)
        {
            for (int offset = -(24 * 60) + 1; offset < 24 * 60; offset += 5)
            {
                string text = $"{minute / 60:00}:{minute % 60:00}:60{(offset < 0 ? '-' : '+')}{Math.Abs(offset) / 60:00}:{Math.Abs(offset) % 60:00}";
                bool isLeap = (minute - offset + (48 * 60)) % (24 * 60) == (24 * 60) - 1;
                Assert.True(isLeap == times.Accepts(text), text);
            }
        }
    }

    [Theory]
    [InlineData("regex")]
    [InlineData("int32")]
    [InlineData("double")]
    [InlineData("Date")]
    [InlineData("")]
    public void What_is_no_format_of_strings_is_not_known(string format) => Assert.False(StringFormats.TryGet(format, out _));
}
