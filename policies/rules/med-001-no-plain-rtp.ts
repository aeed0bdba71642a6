import { exampleFile } from "../examples";
import type { ConferenceFact } from "../facts/container-fact";
import { serviceFacts } from "../facts/containers";
import { plainMedia } from "../facts/media";
import { plainSipPorts } from "../facts/ports";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { demands, demandsIn } from "../extract/demands";
import { judgeResolved } from "../extract/environments";
import { spokenLines } from "../extract/hosts";
import { remembering } from "../extract/memo";
import { type Opening, openingsOf } from "../extract/openings";
import { judgeComponents, judgeTexts, place, together } from "../extract/scan";
import { ofLeaf } from "../extract/leaf";
import { at, isOn, items } from "../extract/value";

const allowed = "DTLS-SRTP or mandatory SRTP for media, TLS for its signalling";

/** UC-MED-001: no media and no signalling in clear. */
export const noPlainMedia: Rule = {
  id: "UC-MED-001",
  name: "no-plain-rtp",
  title: "Media and signalling are encrypted.",
  rationale:
    "Everybody on the path can listen to plain RTP, and keys in plain signalling protect nothing. Confidential calls are letter (j) of NIS-2, cryptography letter (h).",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.j" },
    { framework: "nis2", reference: "21.2.h" },
    { framework: "ir2024-2690", reference: "9.2.a" },
    { framework: "ir2024-2690", reference: "6.7.2.i" },
    { framework: "gdpr", reference: "32.1.a" },
    { framework: "dpo", reference: "3.2.c" },
  ],
  remediation:
    "Use SIP over TLS on port 5061 with mandatory SRTP, and TURN with a certificate; leave browsers' media to DTLS-SRTP.",
  types: [
    "hcloud:index/firewall:Firewall",
    "exoscale:index/securityGroupRule:SecurityGroupRule",
    "kubernetes:*",
    "sovereign-uc:*",
    "*",
  ],
  remedies: {
    components:
      'Set `confidentiality` to "transport" or "end-to-end"; a SIP trunk of ours speaks TLS with mandatory SRTP.',
    pulumi: "Open 5061/tcp in place of 5060, and write `rtp_secure_media=mandatory` where media leaves to a trunk.",
    kubernetes:
      "Publish `port: 5061` in Services; set DTLS-SRTP in configuration files, and remove `no-tls` and `no-dtls` of a TURN server.",
  },
  examples: {
    good: [exampleFile("turnserver.conf", "tls-listening-port=5349\ncert=/etc/turn/tls.crt\n")],
    bad: [exampleFile("turnserver.conf", "listening-port=3478\nno-tls\nno-dtls\n")],
  },
  check: judge,
  // Outputs of a component show what its hosts hold, not what it was asked for.
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => texts(subject, context)),
      judgeResolved(subjects, (container, environment) =>
        demands(container, "media", environment, context.settings.tables.services),
      ),
    ),
};

const conferences = new Map(
  serviceFacts.flatMap(({ conference }) => (conference === undefined ? [] : [[conference.type, conference] as const])),
);

function judge(subject: Subject, context: Context): Verdict {
  const conference = conferences.get(subject.type);
  if (conference !== undefined) return component(subject, conference);
  const ports = [...opened(subject), ...served(subject)];
  const found = texts(subject, context);
  return found === undefined && ports.length === 0 ? undefined : [...ports, ...(found ?? [])];
}

const texts = (subject: Subject, { settings: { tables } }: Context): Verdict =>
  // An option of a command is a word of its own: `--no-tls`.
  judgeTexts(subject, plain, (read) => demandsIn(read, "media", tables.services), "words too");

const sip = (found: string): Finding => ({ found, allowed, action: "open 5061 (SIP over TLS) in its place" });

const isPlainSip = (fits: (port: number) => boolean): boolean =>
  plainSipPorts.filter(({ port }) => fits(port)).length > 0;

function opened(subject: Subject): readonly Finding[] {
  return (openingsOf(subject)?.openings ?? []).flatMap((opening) =>
    isPlainSip((port) => opening.first <= port && port <= opening.last) &&
    opening.protocol !== "other" &&
    !opening.inside &&
    !isMedia(opening)
      ? [sip(`${opening.what}, which opens SIP without TLS (port 5060)`)]
      : [],
  );
}

/** Outgoing media goes to any port that a browser chose: such a wide range is no opening for a SIP trunk in particular. */
const isMedia = ({ direction, protocol, first, last }: Opening): boolean =>
  direction === "out" && protocol === "udp" && last - first > 10_000;

function served({ type, properties }: Subject): readonly Finding[] {
  if (type !== "kubernetes:core/v1:Service") return [];
  return items(at(properties, "spec", "ports")).flatMap((entry, i) =>
    isPlainSip((port) => at(entry, "port") === port || at(entry, "targetPort") === port)
      ? [sip(`spec.ports[${i}], which offers SIP without TLS (port 5060)`)]
      : [],
  );
}

/** Messages name the path and never the text, which may contain a password. */
const plain = ofLeaf(({ path, text }): readonly Finding[] =>
  plainIn(text).map(({ what, action }) => ({ found: `${what}${place(path)}`, allowed, action })),
);

const plainIn = remembering((text) => {
  const lines = spokenLines(text);
  const addresses = lines.flatMap((line) => line.match(/\bsip:[^\s"'<>]+/gi) ?? []);
  const parts = { line: lines, address: addresses, text: [lines.join("\n")] };
  return plainMedia.filter(({ pattern, of }) => parts[of].some((part) => pattern.test(part)));
});

/** Our own component declares its confidentiality. Its constructor refuses the same, but a stack may bypass it. */
function component({ properties }: Subject, { name, taps: all }: ConferenceFact): Verdict {
  const confidentiality = at(properties, "confidentiality");
  if (confidentiality !== "transport" && confidentiality !== "end-to-end")
    return [
      {
        found: `${name} without a level of confidentiality`,
        allowed,
        action: 'set confidentiality to "transport" or "end-to-end"',
      },
    ];
  const taps = all.filter((key) => isOn(at(properties, key)));
  if (confidentiality === "transport" || taps.length === 0) return [];
  return [
    {
      found: `an end-to-end encrypted ${name} with ${taps.join(" and ")}, which needs the media in clear`,
      allowed: "either end-to-end encryption or recording and transcription",
      action: 'drop them, or set confidentiality to "transport"',
    },
  ];
}
