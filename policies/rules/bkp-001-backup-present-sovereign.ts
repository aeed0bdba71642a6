import { exampleFile } from "../examples";
import { partyText } from "../facts/entities";
import { objection } from "../exposure";
import { type Backup, backupsOf, backupsTold } from "../extract/backups";
import { ofHost } from "../extract/hosts";
import { keptBy, remadeAnnotation, remadeLabel } from "../extract/kept";
import { machinesOf } from "../extract/machines";
import { judgeComponents, reading, together, unseen } from "../extract/scan";
import { objectStore } from "../extract/subject";
import type { Settings } from "../settings";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";

/** UC-BKP-001: what is lost can be brought back. */
export const backupPresent: Rule = {
  id: "UC-BKP-001",
  name: "backup-present-sovereign",
  title: "Data has a backup that is encrypted, that is kept for a stated time, and that no foreign operator holds.",
  rationale:
    "A replica is no backup: it deletes what somebody deletes. A backup that leaves in clear hands over everything at once; and one for which nobody has said how long it is kept is either gone too early, or there when it should long be gone.",
  severity: "high",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.c" },
    { framework: "ir2024-2690", reference: "4.2.2" },
    { framework: "ir2024-2690", reference: "4.2.3" },
    { framework: "gdpr", reference: "32.1.c" },
    { framework: "dpo", reference: "3.2.d" },
  ],
  remediation: `Set up a backup, encrypted and with a retention; where content is made again, say how in the label ${remadeLabel} or the annotation ${remadeAnnotation}.`,
  types: [
    "hcloud:index/volume:Volume",
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
    "sovereign-uc:index:HostPool",
    "kubernetes:*",
    "*",
  ],
  remedies: {
    components:
      "Give `Postgres` its `archive`: it is encrypted before it leaves, and the last four full backups are kept.",
    pulumi:
      "Run restic or borg from the machine that holds the volume: `restic backup`, and `restic forget --keep-daily 14`.",
    kubernetes:
      "Add `spec.backup` with `barmanObjectStore`, its `data.encryption` and `retentionPolicy` to a Cluster of CloudNativePG, or a Schedule of K8up with `prune.retention`.",
  },
  beyond:
    "The laws ask for backups and for tests of them. The rule asks for a retention and for encryption as well. That a backup was brought back is for a test to prove: no date in a program does.",
  examples: {
    good: [exampleFile("pgbackrest.conf", pgbackrest("aes-256-cbc"))],
    bad: [exampleFile("pgbackrest.conf", pgbackrest("none"))],
  },
  check: (subject, { settings }) => judge(subject, settings),
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context.settings)),
      unsaved(subjects, context),
    ),
};

function pgbackrest(cipher: string): string {
  return `[global]\nrepo1-type=s3\nrepo1-s3-endpoint=store.crisis.example.ch\nrepo1-cipher-type=${cipher}\nrepo1-retention-full=4\n`;
}

const allowed = "a backup that is encrypted, kept for a stated time, and held by an accepted operator";

function judge(subject: Subject, settings: Settings): Verdict {
  const found = backupsOf(subject);
  const open = unseen(subject);
  if (found.length === 0 && open.length === 0) return undefined;
  return [...found.flatMap((backup) => objected(backup, settings)), ...open];
}

function objected({ what, host, encrypted, kept }: Backup, settings: Settings): readonly Finding[] {
  const held = host === undefined ? undefined : holder(host, settings);
  return [
    ...(held === undefined
      ? []
      : [
          {
            found: `a backup by ${what} at ${host ?? ""}, ${held}`,
            allowed,
            action: "keep it in a store of your own or of an accepted operator",
          },
        ]),
    ...(encrypted === false
      ? [{ found: `a backup by ${what} that leaves in clear`, allowed, action: "encrypt it before it leaves" }]
      : []),
    ...(kept === false
      ? [{ found: `a backup by ${what} without a retention`, allowed, action: "say how long it is kept" }]
      : []),
  ];
}

/** An objection to whoever holds a store; undefined for an accepted one, and for a host that is in no table, which UC-NET-002 judges. */
function holder(host: string, settings: Settings): string | undefined {
  const party = objectStore(settings.tables, host)?.party ?? ofHost(settings.tables.hosts, host)?.party;
  if (party === undefined) return undefined;
  const reason = objection(settings.profile, party);
  return reason === undefined ? undefined : `which ${partyText(party)} operates: ${reason}`;
}

/** Data that nothing in the stack saves. An operator's database has a backup of its own, or a general one saves it; volumes are saved by anything. */
function unsaved(subjects: readonly Subject[], { inputs }: Context): Verdict {
  const given = subjects.map((subject) => inputs.get(subject.urn) ?? subject);
  const data = given.flatMap((subject) => keptBy(subject) ?? []);
  const machines = machinesOf(subjects, inputs);
  if (data.length === 0) return machines.length === 0 ? undefined : [];
  const bySubject = new Map(given.map((subject) => [subject.urn, backupsOf(subject)]));
  const told = machines.flatMap((machine) => machine.told);
  const any = [...bySubject.values()].some((found) => found.length > 0);
  const general =
    given.some((subject) => !isOperated(subject) && (bySubject.get(subject.urn) ?? []).length > 0) ||
    told.some((read) => backupsTold(read).length > 0);
  const isOpen = given.some((subject) => isOpaque(subject) && reading(subject).partial);
  return data.flatMap(({ what, urn, operated }): readonly Item[] => {
    if (general || (operated ? (bySubject.get(urn) ?? []).length > 0 : any)) return [];
    if (isOpen || told.some(({ partial }) => partial))
      return [{ undetermined: `whether ${what} is saved: a part of the stack is not known`, later: true, urn }];
    return [{ found: `${what}, which nothing in this stack saves`, allowed, action: "set up a backup", urn }];
  });
}

const isOperated = (subject: Subject): boolean => keptBy(subject)?.operated === true;

/** Resources whose hidden parts may set up a backup. */
const isOpaque = ({ type }: Subject): boolean =>
  /^(kubernetes:|command:)/.test(type) && !type.startsWith("kubernetes:core/v1:Secret");
