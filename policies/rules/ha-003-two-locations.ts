import { exampleFile, exampleMachine, exampleVolume } from "../examples";
import { type Backup, backupsOf, backupsTold } from "../extract/backups";
import { isNear } from "../extract/hosts";
import { keptBy } from "../extract/kept";
import { machinesOf, placeOfMachine } from "../extract/machines";
import { objectStore } from "../extract/subject";
import { at, unknown, type Value } from "../extract/value";
import { isOwn, type Settings } from "../settings";
import type { Context, Rule, Subject, Verdict } from "../rule";

const box = "hcloud:index/storageBox:StorageBox";

/** UC-HA-003: data survives its location. */
export const twoLocations: Rule = {
  id: "UC-HA-003",
  name: "two-locations",
  title: "Data stands in two locations: on machines in both, or on machines in one with its backup in another.",
  rationale:
    "A fire, a cut cable or a seizure takes a location as a whole, with every replica in it. Machines can be made anew elsewhere from the program; data cannot, unless a copy of it is somewhere else already.",
  severity: "high",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.c" },
    { framework: "ir2024-2690", reference: "4.2.2.c" },
    { framework: "ir2024-2690", reference: "4.2.4" },
    { framework: "gdpr", reference: "32.1.c" },
    { framework: "dpo", reference: "3.2.d" },
  ],
  remediation: "Send the backup to a store in another location, or spread the machines with data over two.",
  types: [
    "hcloud:index/volume:Volume",
    "hcloud:index/server:Server",
    box,
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
    "exoscale:index/computeInstance:ComputeInstance",
    "exoscale:index/instancePool:InstancePool",
    "sovereign-uc:index:HostPool",
    "kubernetes:*",
  ],
  remedies: {
    components:
      "Name a store in another location under `archiveStore`, as `https://hel1.your-objectstorage.com` for a stack in `fsn1`.",
    pulumi: "Point the backup at an object store of another location, or give a StorageBox another `location`.",
    kubernetes:
      "Set `endpointURL` of the backup to a store in another location, as `https://sos-ch-dk-2.exo.io` for a cluster in `ch-gva-2`.",
  },
  beyond:
    "The regulation asks for a sufficient distance. The rule asks for another location of the provider's and measures none. It asks for one copy of a stack's data elsewhere, and not which of its data that is.",
  examples: {
    good: [exampleMachine(), exampleVolume(), archived("hel1")],
    bad: [exampleMachine(), exampleVolume(), archived("fsn1")],
  },
  checkStack: judge,
};

function archived(location: string) {
  const lines = [
    "type=s3",
    `s3-endpoint=${location}.your-objectstorage.com`,
    "cipher-type=aes-256-cbc",
    "retention-full=4",
  ];
  return exampleFile("pgbackrest.conf", lines.map((line) => `repo1-${line}\n`).join(""));
}

const isText = (value: Value): value is string => typeof value === "string" && value !== "";

function judge(subjects: readonly Subject[], { inputs, settings }: Context): Verdict {
  const given = subjects.map((subject) => inputs.get(subject.urn) ?? subject);
  const data = given.flatMap((subject) => keptBy(subject) ?? []);
  const machines = machinesOf(subjects, inputs);
  // The order in which a stack is made says nothing.
  const [least] = data.map(({ urn }) => urn).sort();
  const first = data.find(({ urn }) => urn === least);
  if (first === undefined) return machines.length === 0 ? undefined : [];
  const named = data.map(({ location }) => location).filter(isText);
  const places = new Set(named.length > 0 ? named : given.map(placeOfMachine).filter(isText));
  // Data of a cluster that this stack does not make stands wherever that does.
  if (places.size === 0) return undefined;
  if (places.size > 1) return [];
  const backups = [
    ...given.flatMap(backupsOf),
    ...machines.flatMap(({ told }) => told.flatMap((read) => backupsTold(read))),
  ];
  const boxes = given.filter(({ type }) => type === box).map(({ properties }) => at(properties, "location"));
  const copies = [...backups.map((backup) => placeOf(backup, settings)), ...(backups.length > 0 ? boxes : [])];
  if (copies.some((place) => isText(place) && !places.has(place))) return [];
  const [home = ""] = places;
  if (copies.includes(unknown))
    return [
      {
        undetermined: `whether a backup of ${first.what} leaves ${home}: nothing says where its store stands`,
        action: "name the region of the store beside its address",
        urn: first.urn,
      },
    ];
  return [
    {
      found: `${first.what} in ${home} alone, ${backups.length === 0 ? "with no backup" : "with its backup in the same place"}`,
      allowed: "data in two locations, or its backup in another one",
      action: "send the backup to a store in another location",
      urn: first.urn,
    },
  ];
}

/** Location of a backup's store: by its host, else as the region beside it says, where the store is the operator's own. */
function placeOf({ host, region }: Backup, settings: Settings): Value {
  const row = host === undefined ? undefined : objectStore(settings.tables, host);
  if (row !== undefined) return row.location;
  return region !== undefined && (host === undefined || isOwn(settings, host) || isNear(host)) ? region : unknown;
}
