import { isolatedPorts } from "../facts/ports";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { destinationsOf, isRoute, type Opening, openingsOf } from "../extract/openings";
import { Ranges } from "../extract/ranges";
import { partial } from "../extract/scan";
import { unknown } from "../extract/value";

/** UC-NET-001: mail, directory and file services stay out of reach, both ways. */
export const mailDirectoryUnreachable: Rule = {
  id: "UC-NET-001",
  name: "mail-directory-unreachable",
  title: "No filter opens a way to or from mail, directory or file services.",
  rationale:
    "A crisis platform must work while the directory and the mail servers are under attack, so neither may be a way into the other. An opening of their ports, or towards their ranges, is such a way.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "nis2", reference: "21.2.j" },
    { framework: "ir2024-2690", reference: "6.7.2.c" },
    { framework: "ir2024-2690", reference: "6.7.2.f" },
    { framework: "ir2024-2690", reference: "6.8.2" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "dpo", reference: "3.2.f" },
  ],
  remediation:
    "Open single ports of your own services to single ranges. Cut isolated ranges out with `except` where the filter knows it.",
  check: judge,
  // Resources come in any order: a network may be seen after a filter that opens a way to what it is isolated from.
  checkStack: (subjects, context) => {
    const filters = subjects
      .map((subject) => ({ subject, inputs: context.inputs.get(subject.urn) ?? subject }))
      .filter(({ inputs }) => openingsOf(inputs) !== undefined || isRoute(inputs.type));
    if (filters.length === 0 || context.isolated.length === 0) return undefined;
    return filters.flatMap(({ subject, inputs }) =>
      isolation(inputs, context).map((finding) => ({
        ...finding,
        urn: subject.urn,
      })),
    );
  },
};

function judge(subject: Subject, context: Context): Verdict {
  const read = openingsOf(subject);
  if (read === undefined && !isRoute(subject.type)) return undefined;
  const findings = [...(read?.openings ?? []).flatMap(ports), ...isolation(subject, context)];
  const open = read?.partial === true || destinationsOf(subject).includes(unknown);
  return open ? [...findings, partial] : findings;
}

/** Ports of the isolated systems, whoever the other side is. Pods among themselves are no way to anything outside. */
function ports(opening: Opening): readonly Finding[] {
  if (opening.inside || opening.protocol === "other") return [];
  const hit = isolatedPorts.filter(
    ({ first, last, protocols }) =>
      opening.first <= last &&
      first <= opening.last &&
      protocols.some((protocol) => opening.protocol === "any" || protocol === opening.protocol),
  );
  if (hit.length === 0) return [];
  const names = hit.map(({ service, first }) => `${service} ${first}`);
  return [
    {
      found: `${opening.what}, which opens ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""} ${opening.direction === "in" ? "inwards" : "outwards"}`,
      allowed: "ports of the platform's own services",
      action: "name the ports that the service needs, without those of mail, directory and file services",
    },
  ];
}

/** Ranges that the stack is isolated from. */
function isolation(subject: Subject, { isolated }: Context): readonly Finding[] {
  const routed = destinationsOf(subject).flatMap((destination) =>
    isolated
      .filter((range) => typeof destination === "string" && Ranges.overlap(range, destination))
      .map((range) => ({
        found: `a route to ${String(destination)}, which holds the isolated range ${range}`,
        allowed: "routes outside the isolated ranges",
        action: "remove the route or name a destination outside",
      })),
  );
  const policy = subject.type.startsWith("kubernetes:");
  const opened = (openingsOf(subject)?.openings ?? []).flatMap((opening) =>
    opening.peers.flatMap((peer) =>
      isolated
        // Cloud filters cannot cut a range out of "everybody": there the hosts' own filter drops it first. A NetworkPolicy can.
        .filter((range) => Ranges.overlap(range, peer) && (policy || !Ranges.isEverything(peer)))
        .filter((range) => !Ranges.covers(opening.except, range))
        .map((range) => ({
          found: `${opening.what} with the peer ${peer}, which holds the isolated range ${range}`,
          allowed: "peers outside the isolated ranges",
          action: policy ? `add ${range} to ipBlock.except or name a smaller peer` : "name a smaller peer",
        })),
    ),
  );
  return [...routed, ...opened];
}
