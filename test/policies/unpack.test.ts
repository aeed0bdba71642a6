import { gzipSync } from "node:zlib";
import { embeddedIn, largest, mimeParts, tooLarge, unpack } from "../../policies/extract/unpack";

const packed = (text: string): string => Buffer.from(text).toString("base64");
const bare = (text: string): string => packed(text).replace(/=+$/, "");
const host = "a.example.or";

describe("Text inside base64 or gzip", () => {
  test.each<readonly [title: string, text: string, plain: string | undefined, certain: string | undefined]>([
    ["sixteen signs with a host", packed(host), host, host],
    ["fifteen signs", packed(host).slice(0, 15), undefined, "a.example.o"],
    ["sixteen signs without a host", packed("abcdefghijkl"), undefined, "abcdefghijkl"],
    ["twenty-three signs without a host", bare("abcdefghijklmnopq"), undefined, "abcdefghijklmnopq"],
    ["twenty-four signs without a host", packed("abcdefghijklmnopqr"), "abcdefghijklmnopqr", "abcdefghijklmnopqr"],
    ["a short path on two lines", packed("a/b\nc d e f g"), "a/b\nc d e f g", "a/b\nc d e f g"],
    ["a short text that begins in another script", packed("\u00fc.example.or"), undefined, "\u00fc.example.or"],
    ["a short text that ends in another script", packed("a.example.\u00fc"), undefined, "a.example.\u00fc"],
    ["two signs", "YQ", undefined, "a"],
    ["one sign", "Y", undefined, undefined],
    ["a sign too many", `${packed(host)}a`, undefined, undefined],
    ["padded", packed("https://a.example.org"), "https://a.example.org", "https://a.example.org"],
    ["padded with one too many", `${packed("a.example.org/b")}=`, "a.example.org/b", "a.example.org/b"],
    ["padded too much", `${bare("https://a.example.org/")}===`, undefined, undefined],
    ["padded and more", `${packed("https://a.example.org/b")}==x`, undefined, undefined],
    [
      "in the alphabet of URLs",
      "aHR0cHM6Ly9hLmIvP8O_w78_fj4-",
      "https://a.b/?\u00ff\u00ff?~>>",
      "https://a.b/?\u00ff\u00ff?~>>",
    ],
    [
      "on several lines",
      packed("https://a.example.org/b").replace(/.{8}/g, "$&\r\n"),
      "https://a.example.org/b",
      "https://a.example.org/b",
    ],
    ["behind a blank", ` ${packed("https://a.example.org")}`, undefined, undefined],
    ["behind another sign", `!${packed("https://a.example.org")}`, undefined, undefined],
    ["with another sign inside", `${packed(host)}!${packed(host)}`, undefined, undefined],
    ["bytes that are no text", packed("\u0000\u0001abcdefghijklmnopqrstuvwxyz"), undefined, undefined],
    [
      "bytes of no script",
      Buffer.from([0xff, 0xfe, ...Buffer.from("abcdefghijklmnopqrstuvwxyz")]).toString("base64"),
      undefined,
      undefined,
    ],
    [
      "tabs and line ends",
      packed("a\tb\r\nc\vd\f e.example.org"),
      "a\tb\r\nc\vd\f e.example.org",
      "a\tb\r\nc\vd\f e.example.org",
    ],
    [
      "a text whose second byte is that of gzip",
      packed("\u12cb\u12cb\u12cb https://a.example.org"),
      "\u12cb\u12cb\u12cb https://a.example.org",
      "\u12cb\u12cb\u12cb https://a.example.org",
    ],
    ["a word of a language", "internationalization", undefined, undefined],
    ["nothing", "", undefined, undefined],
  ])("%s", (_, text, plain, certain) => {
    expect([unpack(text), unpack(text, true)]).toEqual([plain, certain]);
  });

  test("gzip is opened up to a size, and what is no gzip is none", () => {
    const zipped = (bytes: Buffer): string => gzipSync(bytes).toString("base64");
    expect(unpack(zipped(Buffer.from("https://a.example.org")))).toBe("https://a.example.org");
    expect(unpack(zipped(Buffer.from([0, 1, 2])))).toBeUndefined();
    expect(unpack(zipped(Buffer.alloc(largest, "a")))).toBe("a".repeat(largest));
    expect(unpack(zipped(Buffer.alloc(largest + 1, "a")))).toBe(tooLarge);
    expect(
      unpack(Buffer.from([0x1f, 0x8b, ...Buffer.from("no gzip at all, only its mark")]).toString("base64")),
    ).toBeUndefined();
    expect(largest).toBe(524_288);
  });

  test("four times that size is looked at", () => {
    expect(unpack("YWFh".repeat(largest))).toBe("a".repeat(3 * largest));
    expect(unpack("YWFh".repeat(largest + 1))).toBeUndefined();
  });
});

describe("Texts packed inside a longer one", () => {
  const hex = Buffer.from("https://a.example.org").toString("hex");
  const short = packed(host);
  const long = packed("https://a.example.org/b");
  test.each<readonly [text: string, found: readonly string[]]>([
    [`run ${long} now`, ["https://a.example.org/b"]],
    [`echo ${short} | base64 -d`, [host]],
    [`x = atob("${short}")`, [host]],
    [`b64decode('${short}') # x`, [host]],
    [`{{ "${short}" | b64dec }}`, [host]],
    [`Base64.decode(${short})`, [host]],
    [`echo ${short} | xbase64 -d`, []],
    [`echo ${short} | base64x -d`, []],
    [`echo ${short} | decode -d`, []],
    [`echo ${short.slice(0, 15)} | base64 -d`, []],
    [`echo ${bare("a.example.org/b1")}== | base64`, ["a.example.org/b1"]],
    [`echo abcdefghijklmnopqrstuvwx`, []],
    [`xxd -r ${hex}`, ["https://a.example.org"]],
    [`XXD -r ${hex.toUpperCase()}`, ["https://a.example.org"]],
    [`unhex(${hex})`, ["https://a.example.org"]],
    [`fromhex ${hex}`, ["https://a.example.org"]],
    [`hex ${hex}`, ["https://a.example.org"]],
    [`xhex ${hex}`, []],
    [`hexx ${hex}`, []],
    [`other ${hex}`, []],
    [`xxd z${hex}`, []],
    [`xxd ${hex}z`, []],
    [`xxd ${hex.slice(0, 22)}`, []],
    [`a data:text/plain,https%3A%2F%2fa`, ["https://a"]],
    [`xdata:text/plain,https%3A%2F%2fa`, []],
    [`a data:text/plain;charset=utf-8;x,abcdefghijkl`, ["abcdefghijkl"]],
    [`a data:text/plain;charset=utf-8;x,abcdefghijk`, []],
    [`a data:,abcdefghijkl"mn, x`, ["abcdefghijkl"]],
    ["x data:,a.example.org/b", []],
    ["xx data:,a.example.org/b", ["a.example.org/b"]],
    ["echo NBSWY3DPEB3W64TMMQ====== | base32 -d", ["hello world"]],
    ["echo xNBSWY3DPEB3W64TMMQ====== | base32 -d", []],
    ["echo NBSWY3DPEB3W64TMMQ====== | other -d", []],
  ])("%s", (text, found) => {
    expect(embeddedIn(text)).toEqual(found);
  });
});

describe("Parts of a message", () => {
  const of = (head: string, body = "--x\n\ncurl a\n--x--"): readonly string[] => mimeParts(`${head}\n\n${body}`);
  test("are found by the boundary that its head names", () => {
    for (const head of [
      "Content-Type: multipart/mixed; boundary=x",
      'content-type: multipart/mixed; boundary="x"',
      'A: b\nContent-Type: multipart/mixed;\n boundary="x"; c=d',
      "Content-Type: multipart/mixed;\n\tboundary=x; c",
    ])
      expect(of(head)).toEqual(["curl a\n"]);
    for (const head of [
      "Content-Type: multipart/mixed",
      "X-Content-Type: a; boundary=x",
      "Content-Type: a\nboundary=x",
      "boundary=x",
    ])
      expect(of(head)).toEqual([]);
    expect(of(`${"A: b\n".repeat(900)}Content-Type: a; boundary=x`)).toEqual([]);
  });

  test("are decoded as they say", () => {
    const part = (encoding: string, body: string): readonly string[] =>
      of("Content-Type: a; boundary=x", `--x\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n--x--`);
    expect(part("base64", packed("curl a"))).toEqual(["curl a"]);
    expect(part("BASE64", `${packed("curl a")}\n`)).toEqual(["curl a"]);
    expect(part("8bit", packed("curl a"))).toEqual([`${packed("curl a")}\n`]);
    expect(part("base64", "curl a!")).toEqual(["curl a!\n"]);
    expect(part("Quoted-Printable", "curl=20a=\nb=2Ec=2e")).toEqual(["curl ab.c.\n"]);
    expect(part("7bit", "curl=20a")).toEqual(["curl=20a\n"]);
    expect(part("7bit", " ")).toEqual([]);
  });
});
