import {
  claimTemplates,
  dataGib,
  hostVolumes,
  offered,
  volumeClaims,
  type VolumeUse,
  type WorkloadVolume,
  workloadVolumes,
} from "../../../components/kubernetes/volume";
import { takeVolumes } from "../../../components/kubernetes/volume-ledger";

const hosts = ["crisis-data-1", "crisis-data-2", "crisis-data-3"];
const offers = { data: offered(hosts, { postgres: { gib: 100 }, scratch: { gib: 5 } }) };
const volume: WorkloadVolume = { name: "data", path: "/data", gib: 80, from: "postgres" };
const use: VolumeUse = {
  workload: "records",
  namespace: "crisis",
  kind: "StatefulSet",
  pool: "data",
  replicas: 3,
  offers,
};

describe("volumes that hosts carry", () => {
  it("one volume per host, kept for the claim of one replica, on that host only", () => {
    const made = volumeClaims([volume], use);
    expect(
      made.map(({ persistentVolume: { metadata, spec } }) => ({
        name: metadata.name,
        claim: spec && "claimRef" in spec ? spec.claimRef : undefined,
        nodes: JSON.stringify(spec && "nodeAffinity" in spec ? spec.nodeAffinity : undefined).match(/crisis-data-\d/g),
      })),
    ).toEqual(
      [0, 1, 2].map((ordinal) => ({
        name: `crisis-data-${ordinal + 1}-postgres-of-records`,
        claim: {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: "crisis",
          name: `data-records-${ordinal}`,
        },
        nodes: [`crisis-data-${ordinal + 1}`],
      })),
    );
  });

  it("claims ask for what their templates ask for, and name their volume", () => {
    const [template] = claimTemplates([volume]);
    for (const { name, claim, persistentVolume } of volumeClaims([volume], use)) {
      expect(claim.metadata.name).toBe(name);
      expect(claim.spec).toEqual({ ...template?.spec, volumeName: persistentVolume.metadata.name });
    }
  });

  it("a data volume is as large as all volumes of its host together", () => {
    expect(dataGib({ postgres: { gib: 100 }, scratch: { gib: 5 } })).toBe(105);
    expect(dataGib({})).toBe(0);
  });

  it("a volume has one owner on a cluster, and every cluster its own volumes", () => {
    const cluster = {};
    takeVolumes(cluster, [volume], use);
    expect(() => takeVolumes(cluster, [volume], use)).not.toThrow();
    expect(() => takeVolumes({}, [volume], { ...use, workload: "other" })).not.toThrow();
    expect(() => takeVolumes(cluster, [volume], { ...use, workload: "other" })).toThrow(
      'expected a volume of pool data that is free, got "postgres, which crisis/records has"; give the pool another volume',
    );
  });

  it("a second workload sees a volume by the name of its owner only, with a PersistentVolume of its own for the same folder", () => {
    const cluster = {};
    const [second, other] = [
      { ...use, workload: "keeper" },
      { ...volume, of: "records" },
    ];
    expect(() => takeVolumes(cluster, [other], second)).toThrow(
      'expected the volume postgres of pool data with crisis/records, got "nobody"; make that workload first',
    );
    takeVolumes(cluster, [volume], use);
    expect(() => takeVolumes(cluster, [other], second)).not.toThrow();
    expect(() => takeVolumes(cluster, [{ ...other, of: "others" }], second)).toThrow(
      'expected the volume postgres of pool data with crisis/others, got "crisis/records"',
    );
    const spec = (volumes: readonly WorkloadVolume[], by: VolumeUse) =>
      volumeClaims(volumes, by).map(({ persistentVolume: { metadata, spec: own } }) => ({
        name: metadata.name,
        folder: own && "local" in own ? own.local : undefined,
        place: own && "nodeAffinity" in own ? own.nodeAffinity : undefined,
      }));
    const [own, further] = [spec([volume], use), spec([other], second)];
    expect(further.map(({ name, ...rest }) => rest)).toEqual(own.map(({ name, ...rest }) => rest));
    expect(further.map(({ name }) => name)).toEqual(own.map(({ name }) => name.replace(/-of-records$/, "-of-keeper")));
    expect(own.every(({ name }) => name.endsWith("-of-records"))).toBe(true);
  });

  it("a folder that goes to another workload gets a PersistentVolume of its own: a bound one stays with its claim, and is released with it", () => {
    const of = (workload: string) =>
      volumeClaims([volume], { ...use, workload }).map(({ persistentVolume: { metadata, spec }, claim }) => ({
        name: metadata.name,
        folder: spec && "local" in spec ? spec.local : undefined,
        claimed: claim.spec && "volumeName" in claim.spec ? claim.spec.volumeName : undefined,
      }));
    const [before, after] = [of("records"), of("others")];
    expect(after.map(({ folder }) => folder)).toEqual(before.map(({ folder }) => folder));
    expect(after.filter(({ name }) => before.some((one) => one.name === name))).toEqual([]);
    expect(after.map(({ claimed }) => claimed)).toEqual(after.map(({ name }) => name));
  });

  const refused: readonly [what: string, change: object, used: Partial<VolumeUse>, message: string][] = [
    ["a Deployment", {}, { kind: "Deployment" }, 'expected "StatefulSet" for a workload with volumes'],
    [
      "a volume that the pool does not carry",
      { from: "mail" },
      {},
      "expected a volume of the hosts of pool data: postgres, scratch",
    ],
    ["a pool without volumes", {}, { pool: "application" }, "of pool application: they carry none"],
    ["a cluster without volumes", {}, { offers: undefined }, "they carry none"],
    ["more than the hosts have", { gib: 101 }, {}, "expected a whole number of GiB from 1 to 100, got 101"],
    ["more replicas than hosts", {}, { replicas: 4 }, "expected at most 3 replicas, one per host of pool data, got 4"],
    ["a relative path", { path: "data" }, {}, "expected an absolute path"],
    ["a name with a capital", { name: "Data" }, {}, "expected a volume name"],
  ];
  it.each(refused)("refuses %s", (_, change, used, message) => {
    expect(() => workloadVolumes([{ ...volume, ...change }], { ...use, ...used })).toThrow(message);
  });

  it("refuses two volumes at one path, and a volume claimed twice", () => {
    expect(() => workloadVolumes([volume, { ...volume, name: "more", from: "scratch", gib: 1 }], use)).toThrow(
      "expected a path of its own",
    );
    expect(() => workloadVolumes([volume, { ...volume, name: "more", path: "/more" }], use)).toThrow(
      "expected a from of its own",
    );
    expect(() => workloadVolumes("data", use)).toThrow("expected a list of volumes");
    expect(workloadVolumes([], { ...use, kind: "Deployment" })).toEqual([]);
  });

  it("names every malformed volume of a pool at once", () => {
    expect(() => hostVolumes({ Data: { gib: 1 }, logs: { gib: 0 }, mail: null })).toThrow(
      /\["Data"\]: expected a volume name[^]*\["logs"\]: expected a whole number of GiB[^]*\["mail"\]: expected a volume/,
    );
    expect(() => hostVolumes(null)).toThrow("expected volumes by their names");
    expect(hostVolumes({ data: { gib: 10 } })).toEqual({ data: { gib: 10 } });
  });
});
