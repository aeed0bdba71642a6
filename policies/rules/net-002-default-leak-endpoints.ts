import { exampleFile } from "../examples";
import { entity, type Party, partyText } from "../facts/entities";
import { isIdentifier } from "../facts/identifiers";
import type { Context, Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";
import { demands, demandsIn } from "../extract/demands";
import { judgeResolved } from "../extract/environments";
import { openHosts } from "../extract/comments";
import { type Contact, contactsIn, isInternal, ofHost } from "../extract/hosts";
import { type Reached, reachedIn } from "../extract/reached";
import { Ranges } from "../extract/ranges";
import { judgeComponents, judgeTexts, place, reading, together } from "../extract/scan";
import { isInventory, isProvider } from "../extract/subject";
import { type Leaf, ofLeafUnder } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { choicesIn } from "../extract/choices";
import { schemesIn } from "../extract/schemes";
import { entries, strings } from "../extract/value";
import { wordsIn } from "../extract/words";
import { objection } from "../exposure";
import { isOwn, type Settings } from "../settings";

/** UC-NET-002: no contact to a third party by default or by habit. */
export const defaultLeakEndpoints: Rule = {
  id: "UC-NET-002",
  name: "default-leak-endpoints",
  title: "No configuration contacts a third party, neither explicitly nor by a default.",
  rationale:
    "Conference software asks foreign STUN servers, loads fonts and avatars, reports usage and looks for updates by default, and sometimes an empty setting means the foreign default. Each contact shows who meets, when and from where.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.7.2.c" },
    { framework: "gdpr", reference: "25" },
    { framework: "gdpr", reference: "32" },
    { framework: "revfadp", reference: "7.3" },
  ],
  remediation: "Name a service of your own, or switch the feature off with the key that the message names.",
  types: ["*"],
  remedies: {
    components:
      "Leave the components' settings as they are: each of them sets the keys that stop its upstream's contacts.",
    pulumi: "Remove the host from user data and scripts, or name one of your own.",
    kubernetes:
      "Set the variable that the message names, as `- { name: JVB_STUN_SERVERS, value: turn.example.ch:443 }`.",
  },
  examples: {
    good: [exampleFile("app.yaml", "stun: turn.crisis.example.ch:3478\n")],
    bad: [exampleFile("app.yaml", "stun: stun.l.google.com:19302\n")],
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context)),
      judgeResolved(subjects, (container, environment) =>
        demands(container, "leaks", environment, context.settings.tables.services),
      ),
      connected(subjects, context),
    ),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    (leaf) =>
      // Where a provider leads is judged by rules of their own, which know its settings.
      judgeLeaf(leaf, settings).filter((item) => "found" in item || !isProvider(subject)),
    (read) => [
      ...demandsIn(read, "leaks", settings.tables.services),
      ...words(subject),
      ...reached(subject, read, settings),
    ],
  );
}

const judgeLeaf = ofLeafUnder((leaf, settings: Settings) => [
  ...contactsIn(leaf.text).flatMap((contact) => contacted(contact, leaf, settings)),
  ...unnamed(leaf),
]);

const allowed = "hosts of your own";

interface Operated {
  readonly host: string;
  readonly pattern?: RegExp;
  readonly party: Party;
  readonly instead?: string;
}

/** A host of a known third party is a finding. One that is contacted for certain and stands in no table is undetermined: somebody has to look at it. */
function contacted({ host, asked }: Contact, { path }: Leaf, settings: Settings): readonly (Finding | Undetermined)[] {
  if (isOwn(settings, host)) return [];
  const row = ofHost(settings.tables.hosts, host);
  // UC-IDN-002 refuses where people sign in.
  if (row?.purpose === "identity" && objection(settings.profile, row.party) !== undefined) return [];
  if (row !== undefined && (asked || row.asked !== true))
    return [
      {
        found: `${host}${place(path)}, which ${partyText(row.party)} operates (${row.purpose})`,
        allowed,
        action: `use ${row.instead}`,
      },
    ];
  if (!asked || isNear(host) || isIdentifier(host)) return [];
  // Where a cluster, a store or an authority is no provider's argument, no other rule looks at its operator.
  const { certificateAuthorities, clusters, objectStores } = settings.tables;
  for (const table of [certificateAuthorities, clusters, objectStores]) {
    const operated = ofHost<Operated>(table, host);
    if (operated === undefined) continue;
    const reason = objection(settings.profile, operated.party);
    if (reason !== undefined)
      return [
        {
          found: `${host}${place(path)}, which ${partyText(operated.party)} operates: ${reason}`,
          allowed,
          action: `use ${operated.instead ?? "one of your own"}`,
        },
      ];
  }
  // Who operates it is known from another table, and another rule judges that.
  if (settings.tables.parties.some((table) => ofHost(table, host) !== undefined)) return [];
  return [
    {
      undetermined: `${host}${place(path)}, which is in no table`,
      action: "add its domain to ownDomains if it is yours, or to the facts with who operates it",
    },
  ];
}

/** Hosts that a text puts together of parts, of which nobody knows the end: they may be anybody's. */
const unnamed = ({ path, text }: Leaf): readonly Undetermined[] =>
  openHosts(text).map((url) => ({
    undetermined: `${url}${place(path)}, a host that is put together of parts which are not there`,
    action: "write the host in full, or its end at least",
  }));

/** Commands over SSH: what they connect to is a machine of the stack, whose address only the update knows. */
const remote = "command:remote:";

/** True for the address of a machine that a command connects to, itself or by way of a gateway. */
const isConnected = ({ type }: Subject, { host, path }: Reached): boolean =>
  type.startsWith(remote) && /^connection\.(proxy\.)?host$/.test(path) && Ranges.isAddress(host);

/** Names of outputs that hold an address of the resource's own: `ipv4Address` of a server, `ipAddress` of a public address, `publicAddresses` of a gateway. */
const addressed = new Set(["ipAddress", "ipv4Address", "ipv6Address", "publicIpAddress", "publicAddresses"]);

/** Addresses that resources of the stack have. What a command says of itself proves nothing. */
function addresses(subjects: readonly Subject[]): ReadonlySet<string> {
  const values = subjects
    .filter(({ type }) => !type.startsWith("command:") && !type.startsWith("kubernetes:"))
    .flatMap(({ properties }) => entries(properties).filter(([key]) => addressed.has(key)));
  return new Set(values.flatMap(([, value]) => (typeof value === "string" ? [value] : strings(value))));
}

/** Connections of commands to addresses: each is one of a resource in the stack, which rules of their own judge, or nobody knows whose it is. */
function connected(subjects: readonly Subject[], { settings, inputs }: Context): Verdict {
  const commands = subjects.filter(({ type }) => type.startsWith(remote));
  // UC-REG-001 judges the country in which machines of one's own stand.
  if (commands.length === 0 || subjects.some((subject) => isInventory(inputs.get(subject.urn) ?? subject)))
    return undefined;
  const own = addresses(subjects);
  return commands.flatMap((subject) =>
    reachedIn(subject, reading(subject))
      .filter((one) => isConnected(subject, one) && !own.has(one.host))
      .flatMap(({ host, path }) => contacted({ host, asked: true }, { path, text: "" }, settings))
      .map((item) => ({ ...item, urn: subject.urn })),
  );
}

/** Hosts that stand alone, where the name of the setting says that they are contacted. */
function reached(subject: Subject, read: Reading, settings: Settings): readonly Item[] {
  const all = reachedIn(subject, read);
  const deferred = all.some((one) => isConnected(subject, one))
    ? [{ deferred: "the check of the stack knows the addresses of its machines" }]
    : [];
  const found = all.flatMap((one) => {
    const { host, path } = one;
    if (isConnected(subject, one)) return [];
    const row = ofHost(settings.tables.hosts, host);
    // The others are found as words.
    return row !== undefined && row.asked !== true
      ? []
      : contacted({ host, asked: true }, { path, text: "" }, settings);
  });
  return [
    ...deferred,
    ...new Map(found.map((item) => ["found" in item ? item.found : item.undetermined, item])).values(),
  ];
}

/** Names that lead nowhere outside: of the cluster, of private networks, and those that stand for one's own machine or for nobody. */
const isNear = (host: string): boolean =>
  isInternal(host) ||
  Ranges.isPrivate(host) ||
  /^(0\.0\.0\.0|255\.255\.255\.255|169\.254\.\d+\.\d+)$/.test(host) ||
  /(^|\.)(local|internal|lan|home\.arpa|localhost|invalid)$/.test(host);

function words(subject: Subject): readonly Finding[] {
  const read = reading(subject);
  return [...wordsIn(subject, read), ...schemesIn(read), ...choicesIn(subject, read)].map(
    ({ what, party, action }) => ({
      found: `${what}, which ${partyText(party)} operates, since ${entity(party).why}`,
      allowed: "services of your own",
      action,
    }),
  );
}
