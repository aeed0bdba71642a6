import { gzipSync } from "node:zlib";
import { parsed } from "../../policies/extract/documents";
import { containers, judgeComponents, judgeTexts, reading, together } from "../../policies/extract/scan";
import { read, textsOf } from "../../policies/extract/text";
import { properties } from "../../policies/extract/value";
import type { Finding, Undetermined, Verdict } from "../../policies/rule";
import { type Given, kube, pod } from "./cases/case";
import { subject } from "./judged";

const leaves = (value: object): readonly string[] =>
  read(properties(value)).leaves.map(({ path, text }) => `${path}=${text}`);
const packed = (text: string, times: number): string =>
  times === 0 ? text : packed(Buffer.from(text).toString("base64"), times - 1);
const url = "https://a.example.org/b";
const largest = 512 * 1024;

describe("Texts of a value", () => {
  const programs =
    "docker podman nerdctl crictl ctr k3s helm kubectl skopeo crane oras buildah curl wget git apt-get apt pip npm ssh scp rsync sftp nc ncat telnet ping ping6 dig nslookup psql pg_dump mysql mysqldump mongosh redis-cli ldapsearch";
  test.each(programs.split(" "))("a command of %s as a list is a line as well", (program) => {
    expect(leaves({ a: [program, "x"] })[0]).toBe(`a=${program} x`);
    expect(leaves({ a: [`/usr/bin/${program}`, "x"] })[0]).toBe(`a=/usr/bin/${program} x`);
    for (const other of [`x${program}`, `${program}x`, `a ${program}`])
      expect(leaves({ a: [other, "x"] })).toEqual([`a[0]=${other}`, "a[1]=x"]);
  });

  test.each<readonly [title: string, value: object, found: readonly string[]]>([
    ["a command of one word", { a: ["curl"] }, ["a[0]=curl"]],
    [
      "a command with what is no text",
      { a: ["curl", 1, ["y"], "x"] },
      ["a=curl x", "a[0]=curl", "a[2][0]=y", "a[3]=x"],
    ],
    ["a list that begins with a number", { a: [1, "curl"] }, ["a[1]=curl"]],
    ["parts that a template joins", { a: ["", ["b", "c"]] }, ["a=bc", "a[0]=", "a[1][0]=b", "a[1][1]=c"]],
    ["parts with two signs between", { a: ["--", ["b", "c"]] }, ["a=b--c", "a[0]=--", "a[1][0]=b", "a[1][1]=c"]],
    ["parts with three signs between", { a: ["---", ["b", "c"]] }, ["a[0]=---", "a[1][0]=b", "a[1][1]=c"]],
    ["parts of which one is a number", { a: ["", ["b", 1]] }, ["a[0]=", "a[1][0]=b"]],
    ["parts with something behind", { a: ["", ["b", "c"], "d"] }, ["a[0]=", "a[1][0]=b", "a[1][1]=c", "a[2]=d"]],
    ["parts that are a text", { a: ["", "bc"] }, ["a[0]=", "a[1]=bc"]],
    ["a number before parts", { a: [1, ["b", "c"]] }, ["a[1][0]=b", "a[1][1]=c"]],
    ["a key that is a URL", { [url]: 1, a: { [url]: "b" } }, [`=${url}`, `a=${url}`, `a["${url}"]=b`]],
    ["a key of a password for one", { auths: { [url]: "b" } }, [`auths["${url}"]=b`]],
    ["where a plugin comes from", { pluginDownloadURL: url, a: url }, [`a=${url}`]],
    ["the name of an image that is replaced", { images: [{ name: "b/c", newName: "d/e" }] }, ["images[0].newName=d/e"]],
    ["a name beside a number", { images: [{ name: "b/c", newName: 1 }] }, ["images[0].name=b/c"]],
    [
      "another key beside a new name",
      { images: [{ digest: "b/c", newName: "d/e" }] },
      ["images[0].digest=b/c", "images[0].newName=d/e"],
    ],
    ["what a schema explains", { a: { type: "string", description: "see" } }, ["a.type=string"]],
    ["base64 by its place", { binaryData: { a: "YS5i" }, data: { a: "YS5i" } }, ["binaryData.a=a.b", "data.a=YS5i"]],
    ["short data", { a: '{"b":"c"}' }, ["a.b=c"]],
    ["a word that is base64", { a: "YS5leGFtcGxlLm9y" }, ["a=a.example.or"]],
    ["a word of fifteen letters", { a: "YS5leGFtcGxlLm9" }, ["a=YS5leGFtcGxlLm9"]],
    ["keys that are no word", { "b.c": { "": "x", d: "y" } }, ['["b.c"][""]=x', '["b.c"].d=y']],
    ["text packed five times", { a: packed(`see ${url}`, 5) }, [`a=see ${url}`]],
    ["data packed four times", { a: packed(`{"b": "${url}"}`, 4) }, [`a.b=${url}`]],
    ["data packed five times, which is not parsed", { a: packed(`{"b": "${url}"}`, 5) }, [`a={"b": "${url}"}`]],
    [
      "packed text in a text packed four times",
      { a: packed(`echo ${packed(url, 1)} | base64 -d`, 4) },
      [`a=echo ${packed(url, 1)} | base64 -d`, `a=${url}`],
    ],
    [
      "packed text in a text packed five times",
      { a: packed(`echo ${packed(url, 1)} | base64 -d`, 5) },
      [`a=echo ${packed(url, 1)} | base64 -d`],
    ],
    [
      "parts of a message",
      { a: `Content-Type: multipart/mixed; boundary="x"\n\n--x\n\n${url}\n--x\n\n{"b":"c"}\n--x--` },
      [`a[0]=${url}\n`, "a[1].b=c"],
    ],
    [
      "parts packed four times",
      { a: packed(`Content-Type: a; boundary="x"\n\n--x\n\n${url}\n--x--`, 4) },
      [`a[0]=${url}\n`],
    ],
    [
      "parts packed five times",
      { a: packed(`Content-Type: a; boundary="x"\n\n--x\n\n${url}\n--x--`, 5) },
      [`a=Content-Type: a; boundary="x"\n\n--x\n\n${url}\n--x--`],
    ],
  ])("%s", (_, value, found) => {
    expect(leaves(value)).toEqual(found);
  });

  const message = (...lines: readonly string[]): object => ({
    a: ['Content-Type: multipart/mixed; boundary="x y"', "", ...lines].join("\n"),
  });
  test.each<readonly [title: string, value: object, found: readonly string[]]>([
    ["without headers", message("--x y", "", "curl a", "--x y--"), ["curl a\n"]],
    [
      "without a blank line behind the headers",
      message("--x y", "A: b", "#!/bin/sh", "curl a", "--x y--"),
      ["#!/bin/sh\ncurl a\n"],
    ],
    ["without headers and a blank line", message("--x y", "curl a"), ["curl a\n"]],
    ["behind a blank after the boundary", message("--x y \t", "", "curl a", "--x y-- "), ["curl a\n"]],
    [
      "with a line like a boundary in it",
      message("--x y", "", "--x yz", "x --x y", "--x y-- z", "--x y--z", "curl a", "--x y--"),
      ["--x yz\nx --x y\n--x y-- z\n--x y--z\ncurl a\n"],
    ],
    [
      "that goes on behind a blank",
      message("--x y", "", "curl a", "--x y--\u00a0", "curl b"),
      ["curl a\n--x y--\u00a0\ncurl b\n"],
    ],
    [
      "and nothing before and behind all parts",
      message("curl z", "--x y", "", "curl a", "--x y--", "curl b"),
      ["curl a\n"],
    ],
    ["with headers only", message("--x y", "A: b", "--x y", "", "curl a"), ["curl a\n"]],
    [
      "with a header that goes on",
      message("--x y", "A: b;", "\tc", "Content-Transfer-Encoding: base64", "", packed("curl a.b", 1)),
      ["curl a.b"],
    ],
    [
      "with an encoding in the body",
      message("--x y", "", "Content-Transfer-Encoding: base64", "", packed("curl a.b", 1)),
      [`Content-Transfer-Encoding: base64\n\n${packed("curl a.b", 1)}\n`],
    ],
    [
      "with an encoding that it does not have",
      message("--x y", "Content-Transfer-Encoding: base64", "", "curl a"),
      ["curl a\n"],
    ],
    ["with lines that end in other ways", message("--x y\r\n\r\ncurl a\r--x y--"), ["curl a\n"]],
  ])("a part of a message %s", (_, value, found) => {
    expect(read(properties(value)).leaves.map(({ text }) => text)).toEqual(found);
  });

  test.each<readonly [title: string, value: object, unread: readonly string[]]>([
    ["text packed six times", { a: packed(url, 6) }, ["text in a that is packed more than 5 times"]],
    ["as much text as is read", { a: "a ".repeat(largest / 2) }, []],
    ["one sign more", { a: `${"a ".repeat(largest / 2)}b` }, ["more than 512 KiB of text"]],
    ["two texts that are one sign more", { a: "a ".repeat(largest / 2), b: "c" }, ["more than 512 KiB of text"]],
    ["words before it", { b: "c", a: "a ".repeat(largest / 2) }, ["more than 512 KiB of text"]],
    [
      "a packed text that is larger",
      { a: gzipSync(Buffer.alloc(largest + 1, "a ")).toString("base64") },
      ["packed text of more than 512 KiB"],
    ],
    [
      "one inside a text",
      { a: `echo ${gzipSync(Buffer.alloc(largest + 1, "a ")).toString("base64")} | base64 -d` },
      ["packed text of more than 512 KiB"],
    ],
    ["data that is too long", { a: `kind: b\n#${"-".repeat(48 * 1024)}` }, ["data in a that is too long to be parsed"]],
    ["as many values as are read", { a: Array.from({ length: 99_998 }, () => 1) }, []],
    ["one value more", { a: Array.from({ length: 99_999 }, () => 1) }, ["more than 100000 values"]],
    ["nothing", {}, []],
  ])("says what it did not read: %s", (_, value, unread) => {
    expect(read(properties(value)).unread).toEqual(unread);
  });

  test.each([
    "on an [Output<T>]",
    "<pulumi.output.Output object at 0x1>",
    "Pulumi.Output`1[System.String]",
    "com.pulumi.core.Output@1",
    "[object Object]",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "a [secret] b",
  ])("a text with %s was not known when it was made", (text) => {
    expect(read(properties({ a: `x ${text} y` })).partial).toBe(true);
    expect(read(properties({ a: JSON.stringify({ b: text }) })).partial).toBe(true);
  });

  test("an unknown anywhere makes it partial, and nothing else does", () => {
    expect(read(properties({ a: [{ b: "[secret]" }] })).partial).toBe(true);
    expect(read(properties({ a: [null, undefined, 1, false, "secret", "[secret"] })).partial).toBe(false);
  });

  test("YAML is parsed up to a size, and JSON whatever its size", () => {
    const size = ({ values, tooLong }: ReturnType<typeof parsed>): readonly unknown[] => [values.length, tooLong];
    expect(size(parsed(`kind: a\nb: ${"c".repeat(48 * 1024 - 11)}`))).toEqual([1, false]);
    expect(size(parsed(`kind: a\nb: ${"c".repeat(48 * 1024 - 10)}`))).toEqual([0, true]);
    expect(size(parsed(`#cloud-config\nb: ${"c".repeat(48 * 1024)}`))).toEqual([0, true]);
    expect(size(parsed(`text and ${"c".repeat(48 * 1024)}`))).toEqual([0, false]);
    expect(size(parsed(JSON.stringify({ b: "c".repeat(48 * 1024) })))).toEqual([1, false]);
  });

  test("a word or a path names nothing", () => {
    const texts = ["a", "", "a/b-c_d", "a b", "a.b", ".", "a\n"].map((text) => ({ path: "", text }));
    expect(textsOf(texts).map(({ text }) => text)).toEqual(["a b", "a.b", ".", "a\n"]);
  });

  test("the value itself is its first document", () => {
    const value = properties({ a: '[{"b": 1}]' });
    expect(read(value).documents).toEqual([
      { path: "", value },
      { path: "a", value: [{ b: 1 }] },
    ]);
    expect(read(value, new Set(["a"])).documents).toHaveLength(1);
  });
});

describe("Reading of a resource", () => {
  const texts = (given: Given): readonly string[] =>
    reading(subject(given)).leaves.map(({ path, text }) => `${path}=${text}`);

  test("variables of a container stand in its own texts", () => {
    const given = (container: object): Given =>
      kube("core/v1:Pod", {
        spec: {
          containers: [
            { image: "a", ...container },
            { image: "b", args: ["https://$(A)/", "x"] },
          ],
          x: "$(A)",
        },
      });
    const others = [
      "spec.containers[1].image=b",
      "spec.containers[1].args[0]=https://$(A)/",
      "spec.containers[1].args[1]=x",
      "spec.x=$(A)",
    ];
    const variable = (value: unknown): object => ({ args: ["https://$(A)/", "y"], env: [{ name: "A", value }] });
    expect(texts(given(variable("a.example.org")))).toEqual([
      "spec.containers[0].image=a",
      "spec.containers[0].args[0]=https://a.example.org/",
      "spec.containers[0].args[1]=y",
      "spec.containers[0].env[0].name=A",
      "spec.containers[0].env[0].value=a.example.org",
      ...others,
    ]);
    expect(texts(given(variable("[secret]")))[1]).toBe("spec.containers[0].args[0]=https://$(A)/");
    const inText = kube("core/v1:ConfigMap", {
      data: {
        b: JSON.stringify({
          containers: [{ image: "a", command: ["https://$A/"], env: [{ name: "A", value: "a.example.org" }] }],
        }),
      },
    });
    expect(texts(inText)[1]).toBe("data.b.containers[0].command[0]=https://a.example.org/");
    expect(reading(subject(given(variable("a.example.org")))).texts.map(({ text }) => text)).toContain(
      "https://a.example.org/",
    );
  });

  test("where figures come from, and why something is open, is no text of our own components", () => {
    const props = { reason: url, source: url, singleton: url, pluginDownloadURL: url, b: url };
    expect(texts({ type: "sovereign-uc:index:Network", props })).toEqual([`b=${url}`]);
    expect(texts({ type: "a:sovereign-uc:", props })).toEqual(
      ["reason", "source", "singleton", "b"].map((key) => `${key}=${url}`),
    );
  });

  test("a Secret's data is base64, whatever it looks like", () => {
    expect(
      texts(kube("core/v1:Secret", { data: { a: "YS5i", b: 1, c: "[secret]" }, stringData: { a: "YS5i" } })),
    ).toEqual(["data.a=a.b", "stringData.a=YS5i"]);
    expect(texts(kube("core/v1:SecretPatch", { data: { a: "YS5i" } }))).toEqual(["data.a=a.b"]);
    expect(texts(kube("core/v1:Secret", { data: "YS5i" }))).toEqual(["data=YS5i"]);
    expect(texts(kube("core/v1:ConfigMap", { data: { a: "YS5i" } }))).toEqual(["data.a=YS5i"]);
    expect(reading(subject(kube("core/v1:Secret", { data: { a: "[secret]" } }))).partial).toBe(true);
  });

  test("files of a recipe are texts of their own", () => {
    const line = `file 0644 root ${packed("/etc/a", 1)} ${packed("b c", 1)}`;
    const command = (stdin: string, type = "command:remote:Command"): Given => ({ type, props: { stdin } });
    expect(texts(command(`${line}\nend\n`))).toEqual(["stdin[0].path=/etc/a", "stdin[0].content=b c"]);
    expect(texts(command(`${line}\nend\n`, "command:local:Command"))).toHaveLength(1);
    expect(texts(command(`${line}\n`))).toHaveLength(1);
  });

  test("containers in texts have the text's place before their own", () => {
    const of = (given: Given): readonly string[] => containers(reading(subject(given))).map(({ path }) => path);
    expect(of(pod({}))).toEqual(["spec.template.spec.containers[0]"]);
    expect(of(kube("core/v1:ConfigMap", { data: { a: JSON.stringify({ services: { b: { image: "c" } } }) } }))).toEqual(
      ["data.a services.b"],
    );
    expect(of(kube("core/v1:ConfigMap", { data: { a: "b" } }))).toEqual([]);
  });
});

describe("Verdicts on texts", () => {
  const finding = (found: string): Finding => ({ found, allowed: "none", action: "change it" });
  const open = (undetermined: string): Undetermined => ({ undetermined });
  const words = (verdict: Verdict): readonly string[] | undefined =>
    verdict?.map((item) => ("found" in item ? item.found : "undetermined" in item ? item.undetermined : item.deferred));
  const later = "a part of it is not known before the update, or is a secret without a key";
  const ask = (
    props: object,
    type = "a:b:C",
    more?: () => Verdict,
    which?: "texts" | "words too",
  ): readonly string[] | undefined =>
    words(judgeTexts(subject({ type, props: { ...props } }), ({ text }) => [finding(text)], more, which));

  test("nothing readable is unrelated, unless something else was found", () => {
    expect(ask({})).toBeUndefined();
    expect(ask({ a: 1 })).toBeUndefined();
    expect(ask({}, "a:b:C", () => [finding("more")])).toEqual(["more"]);
    expect(ask({}, "a:b:C", () => undefined)).toBeUndefined();
    expect(ask({ a: '{"b":1}' })).toEqual([]);
    expect(ask({ a: "b" })).toEqual([]);
    expect(ask({ a: "b" }, "a:b:C", undefined, "words too")).toEqual(["b"]);
    expect(ask({ a: "b c", d: "e" })).toEqual(["b c"]);
  });

  test("a part that is not known is undetermined beside what was found; a provider's is its credentials", () => {
    expect(ask({ a: "[secret]" })).toEqual([later]);
    expect(ask({ a: "[secret]", b: "c d" }, "a:b:C", () => [finding("more")])).toEqual(["c d", "more", later]);
    expect(ask({ a: "[secret]" }, "pulumi:providers:a")).toBeUndefined();
    expect(ask({ a: "[secret]", b: "c d" }, "pulumi:providers:a")).toEqual(["c d"]);
    const [item] = judgeTexts(subject({ type: "a:b:C", props: { a: "[secret]" } }), () => []) ?? [];
    expect(item).toEqual({ later: true, undetermined: later });
  });

  test("what was not read is undetermined", () => {
    expect(ask({ a: packed(url, 6) })).toEqual(["text in a that is packed more than 5 times, which no rule reads"]);
  });

  test("the same is said once", () => {
    const twice = (item: (text: string) => Finding | Undetermined): readonly string[] | undefined =>
      words(judgeTexts(subject({ type: "a:b:C", props: { a: "x y", b: "x z" } }), ({ text }) => [item(text)]));
    expect(twice(() => finding("one"))).toEqual(["one"]);
    expect(twice(() => open("one"))).toEqual(["one"]);
    expect(twice((text) => finding(text))).toEqual(["x y", "x z"]);
    expect(twice((text) => open(text))).toEqual(["x y", "x z"]);
    const mixed = judgeTexts(subject({ type: "a:b:C", props: { a: "x y" } }), () => [
      finding("one"),
      open("two"),
      open("two"),
    ]);
    expect(words(mixed)).toEqual(["one", "two"]);
  });

  test("components are judged, each with its name, and nothing else", () => {
    const judge = (verdict: Verdict, ...types: readonly string[]): Verdict =>
      judgeComponents(
        types.map((type) => subject({ type })),
        () => verdict,
      );
    expect(judge([finding("one")], "a:b:C", "pulumi:providers:a")).toEqual([
      { ...finding("one"), urn: "urn:pulumi:test::project::a:b:C::it" },
    ]);
    expect(judge([finding("one")], "pulumi:providers:a", "hcloud:index/server:Server")).toBeUndefined();
    expect(judge(undefined, "a:b:C")).toEqual([]);
    expect(judge([])).toBeUndefined();
  });

  test("two parts of a check say nothing only if neither does", () => {
    expect(together(undefined, undefined)).toBeUndefined();
    expect(together(undefined, [])).toEqual([]);
    expect(words(together([finding("a")], undefined, [finding("b")]))).toEqual(["a", "b"]);
  });
});
