import { planJitsi, type Privacy } from "../../../../components/services/jitsi";
import { certificateFor } from "../../../support/certificates";
import { type Change, domain, jitsi } from "./support";

describe("a Jitsi refuses", () => {
  test.each<[string, Change, RegExp]>([
    ["a domain that is none", { domain: "meet" }, /domain: expected a domain name in lower case, got "meet"/],
    ["a domain in capitals", { domain: "Meet.example.ch" }, /domain: expected a domain name/],
    ["nobody", { participants: 0 }, /participants: expected a whole number of participants from 2 to 100000, got 0/],
    ["a negative number of people", { participants: -5 }, /participants: expected a whole number/],
    ["half a person", { participants: 2.5 }, /participants: expected a whole number/],
    ["a number in words", { participants: "200" }, /participants: expected a whole number of participants .*got "200"/],
    ["bridges for nobody", { participantsPerBridge: 0 }, /participantsPerBridge: expected a whole number/],
    [
      "more than 20 people with end-to-end encryption",
      { privacy: { confidentiality: "end-to-end" }, participants: 21 },
      /participants: expected at most 20 participants with end-to-end encryption, got 21/,
    ],
    [
      "recording with end-to-end encryption",
      { privacy: { confidentiality: "end-to-end", recording: true }, participants: 20 },
      /privacy: expected no recording with end-to-end encryption, got true/,
    ],
    [
      "transcription with end-to-end encryption",
      { privacy: { confidentiality: "end-to-end", transcription: true }, participants: 20 },
      /privacy: expected no transcription with end-to-end encryption, got true/,
    ],
    [
      "a transcription by nobody",
      { privacy: { confidentiality: "transport", transcription: true } },
      /privacy: transcription: expected false or a server that writes along, got true/,
    ],
    [
      "a recording that is neither on nor off",
      { privacy: { confidentiality: "transport", recording: "yes" } },
      /privacy: recording: expected true, false or a recording by servers/,
    ],
    [
      "a confidentiality that is none",
      { privacy: { confidentiality: "none" } },
      /privacy: expected "transport" or "end-to-end" for confidentiality, got "none"/,
    ],
    [
      "a privacy without confidentiality",
      { privacy: { recording: true } },
      /privacy: expected "transport" or "end-to-end" for confidentiality, got nothing/,
    ],
    ["a privacy in one word", { privacy: "end-to-end" }, /privacy: expected an object with confidentiality, got "end-/],
    [
      "a privacy with a misspelt key",
      { privacy: { confidentiality: "transport", recordings: true } },
      /privacy\.recordings: expected one of the keys confidentiality, recording, transcription, got "recordings"/,
    ],
    [
      "a certificate without its key",
      { certificate: { certificate: "-----BEGIN CERTIFICATE-----\nx" } },
      /privateKey: expected a private key in PEM, got nothing/,
    ],
    [
      "a certificate that is none",
      { certificate: { certificate: "-----BEGIN CERTIFICATE-----\nx", privateKey: "-----BEGIN" } },
      /certificate: expected a certificate in PEM/,
    ],
    ["no accounts", { access: { accounts: [] } }, /access: accounts: expected at least one account/],
    ["an account with a space", { access: { accounts: ["duty officer"] } }, /access: accounts: \[0\]: expected a name/],
    [
      "two accounts of one name",
      { access: { accounts: ["a", "a"] } },
      /access: accounts: expected accounts with names of their own, got "a"/,
    ],
    [
      "an account named after a service",
      { access: { accounts: ["focus"] } },
      /access: accounts: expected names of people/,
    ],
    [
      "moderators beside access, as they were given before",
      { moderators: ["duty-officer"] },
      /moderators: expected moderators inside access, got \["duty-officer"\]; write access: \{ accounts/,
    ],
    ["a bridge without memory", { bridge: { cpu: 1, memoryMib: 0 } }, /bridge: expected whole mebibytes/],
    ["a bridge without cores", { bridge: { cpu: 0, memoryMib: 64 } }, /bridge: expected a positive number of cores/],
    [
      "a drain of no time",
      { drainSeconds: 0 },
      /drainSeconds: expected a whole number of seconds to drain from 31 to 86400, got 0/,
    ],
    ["a generation with a space", { secretsGeneration: "next year" }, /secretsGeneration: expected a word/],
  ])("%s", async (_, change, message) => {
    await expect(jitsi(change)).rejects.toThrow(message);
  });

  test("a certificate that lacks a name", async () => {
    const certificate = certificateFor([`www.${domain}`]);
    await expect(jitsi({ certificate })).rejects.toThrow(
      `expected a certificate for ${domain}, got "one without ${domain}"; issue it for every name`,
    );
    const relayCertificate = certificateFor([`relay-1.${domain}`]);
    await expect(jitsi({ relayCertificate })).rejects.toThrow(
      /a certificate for relay-1\..*got "one without relay-2\./,
    );
  });

  test("fewer media hosts than bridges", async () => {
    await expect(jitsi({ participants: 300 })).rejects.toThrow(
      /mediaPools\["media"\]: expected at least 4 media hosts in pool "media", got 3/,
    );
    await expect(jitsi({}, { mediaPools: {} })).rejects.toThrow(
      /expected at least 3 media hosts in pool "media", got 0/,
    );
  });

  test("a name that is too long for what is named after it", async () => {
    await expect(jitsi({}, {}, { name: "a-name-of-twenty-five-cha" })).rejects.toThrow(
      /name: expected a name of at most 24/,
    );
  });

  test("the plan of another one, and what is no plan", async () => {
    const plan = planJitsi({ name: "other", domain, participants: 20 });
    await expect(jitsi({ plan })).rejects.toThrow(
      /plan: expected a plan named "meet", got "other"[^]*on: expected a media tier of this platform out of meet\/bridge, meet\/relay, got "other\/bridge"/,
    );
    await expect(jitsi({ plan: undefined })).rejects.toThrow(/plan: expected a plan of a Jitsi, got nothing/);
  });

  test("everything at once, and makes nothing", async () => {
    await expect(jitsi({ domain: "x", participants: 0, participantsPerBridge: 0 })).rejects.toThrow(
      /domain: [^]*participants: [^]*participantsPerBridge: /,
    );
    await expect(jitsi({ access: { accounts: [] }, drainSeconds: 0 })).rejects.toThrow(/access: [^]*drainSeconds: /);
  });

  test("recording with end-to-end encryption already in the type", () => {
    // @ts-expect-error end-to-end encryption excludes recording
    const recorded: Privacy = { confidentiality: "end-to-end", recording: true };
    // @ts-expect-error and transcription
    const transcribed: Privacy = { confidentiality: "end-to-end", transcription: true };
    const allowed: readonly Privacy[] = [
      { confidentiality: "end-to-end" },
      { confidentiality: "transport", recording: true },
    ];
    expect([recorded, transcribed, ...allowed]).toHaveLength(4);
  });
});
