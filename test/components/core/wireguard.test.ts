import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { wireguardKey, wireguardKeyOf, wireguardPublicKey } from "../../../components/core/wireguard";
import { describeWith } from "../../support/programs/programs";

describeWith(["wg"], "public keys", () => {
  test("are those that wg computes, whichever 32 bytes the private key has", () => {
    const keys = [Buffer.alloc(32), Buffer.alloc(32, 255), ...Array.from({ length: 30 }, () => randomBytes(32))];
    for (const key of keys.map((bytes) => bytes.toString("base64")))
      expect(wireguardPublicKey(key)).toBe(execFileSync("wg", ["pubkey"], { input: key, encoding: "utf8" }).trim());
  });
});

test("the key of a text is one, the same for the same text, and another for another", () => {
  const texts = Array.from({ length: 30 }, () => randomBytes(16).toString("hex"));
  expect(texts.map((text) => wireguardKey(wireguardKeyOf(text)))).toEqual(texts.map(wireguardKeyOf));
  expect(new Set(texts.map(wireguardKeyOf)).size).toBe(30);
});

test.each([
  ["31 bytes", randomBytes(31).toString("base64")],
  ["33 bytes", randomBytes(33).toString("base64")],
  ["32 bytes in hexadecimal", randomBytes(32).toString("hex")],
  ["bits after the last byte", `${"A".repeat(42)}B=`],
  ["a line break", `${"A".repeat(43)}=\n`],
  ["nothing", undefined],
])("a key of %s is refused", (_, key) => {
  expect(() => wireguardKey(key)).toThrow(/^expected a key of 32 bytes in base64, got /);
});

test("the error about a key does not show it", () => {
  const nearly = randomBytes(33).toString("base64");
  expect(() => wireguardPublicKey(nearly)).toThrow("44 characters");
  expect(() => wireguardPublicKey(nearly)).not.toThrow(nearly.slice(0, 8));
});
