/** Data: where it stands, what saves it, and whose key opens it. */
import { backupPresent } from "../../../policies/rules/bkp-001-backup-present-sovereign";
import { encryptedAtRest } from "../../../policies/rules/dat-001-encryption-at-rest-own-key";
import { twoLocations } from "../../../policies/rules/ha-003-two-locations";
import {
  own,
  type Resource,
  type Row,
  secret,
  shape,
  type StackRow,
  stackTable,
  table,
  under,
  unknownString,
} from "../support";
import { map, pod } from "./fixtures";

const volume = (props: object = {}, name = "records"): Resource => ({
  type: "hcloud:index/volume:Volume",
  name,
  props: { location: "fsn1", ...props },
});
const block = (props: object = {}): Resource => ({
  type: "exoscale:index/blockStorageVolume:BlockStorageVolume",
  name: "records",
  props: { zone: "ch-gva-2", ...props },
});
const server = (userData: unknown, props: object = {}, name = "one"): Resource => ({
  type: "hcloud:index/server:Server",
  name,
  props: { location: "fsn1", userData, ...props },
});
const manifest = (token: string, spec: object, metadata: object = {}, name = "it"): Resource => ({
  type: `kubernetes:${token}`,
  name,
  props: { metadata: { namespace: "a", name, ...metadata }, spec },
});
const archive = (...lines: readonly string[]): Resource =>
  map({ "pgbackrest.conf": ["[global]", "repo1-type=s3", ...lines, ""].join("\n") });
const safe = ["repo1-cipher-type=aes-256-cbc", "repo1-retention-full=4"];
const store = (host: string): Resource => archive(`repo1-s3-endpoint=${host}`, ...safe);
const pool = (props: object, outputs: object = {}): readonly [Resource, Resource] => {
  const type = "sovereign-uc:index:HostPool";
  return [
    { type, name: "data", props: { cloud: "metal", role: "data", location: "bern", dataGib: 50, ...props } },
    { type, name: "data", props: { ...outputs } },
  ];
};
const claim = manifest("core/v1:PersistentVolumeClaim", { resources: {} }, {}, "files");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const rows = (list: readonly (readonly [string, readonly Resource[], StackRow["expect"]])[]): readonly StackRow[] =>
  list.map(([title, resources, expect]) => ({ title: `it ${title}`, ...own, resources, expect }));
const ones = (list: readonly (readonly [string, Resource, Row["expect"]])[]): readonly Row[] =>
  list.map(([title, resource, expect]) => ({ title: `it ${title}`, ...own, resource, expect }));

describe("UC-HA-003 two-locations", () => {
  const [metal, rendered] = pool({});
  shape(twoLocations);
  stackTable(
    twoLocations,
    rows([
      ["accepts data whose backup is in another location", [volume(), store("hel1.your-objectstorage.com")], "passes"],
      [
        "accepts the host in capitals, with a dot at its end",
        [volume(), store("HEL1.your-objectstorage.com.")],
        "passes",
      ],
      ["accepts Exoscale's stores, too", [block(), store("sos-ch-dk-2.exo.io")], "passes"],
      [
        "refuses a backup in the same location",
        [volume(), store("fsn1.your-objectstorage.com")],
        /the volume "records" in fsn1 alone, with its backup in the same place/,
      ],
      ["refuses data without a backup", [volume()], /the volume "records" in fsn1 alone, with no backup/],
      ["accepts volumes in two locations", [volume(), volume({ location: "nbg1" }, "other")], "passes"],
      ["refuses two volumes in one", [volume(), volume({}, "other")], /in fsn1 alone/],
      [
        "accepts a store of one's own whose region is another one",
        [volume(), archive("repo1-s3-endpoint=store.crisis.example.ch", "repo1-s3-region=zurich", ...safe)],
        "passes",
      ],
      [
        "refuses one whose region is the same",
        [volume(), archive("repo1-s3-endpoint=store.crisis.example.ch", "repo1-s3-region=fsn1", ...safe)],
        /with its backup in the same place/,
      ],
      [
        "cannot judge a store of one's own without a region",
        [volume(), store("store.crisis.example.ch")],
        { undetermined: /nothing says where its store stands/ },
      ],
      [
        "cannot judge a region that a foreign store says of itself",
        [volume(), archive("repo1-s3-endpoint=store.example.net", "repo1-s3-region=hel1", ...safe)],
        { undetermined: /nothing says where its store stands/ },
      ],
      [
        "takes no host for Exoscale's that only begins like one",
        [block(), store("sos-ch-dk-2.exo.io.example.net")],
        { undetermined: /nothing says/ },
      ],
      [
        "accepts a box in another location beside a backup",
        [
          volume(),
          { type: "hcloud:index/storageBox:StorageBox", name: "box", props: { location: "hel1" } },
          server("#!/bin/sh\nborg create ssh://u1@u1.your-storagebox.de/./a::b /data\n"),
        ],
        "passes",
      ],
      [
        "refuses a box into which nothing is saved",
        [volume(), { type: "hcloud:index/storageBox:StorageBox", name: "box", props: { location: "hel1" } }],
        /with no backup/,
      ],
      [
        "judges claims by the machines of the stack",
        [claim, server("", { location: undefined, datacenter: "fsn1-dc14" }), store("fsn1.your-objectstorage.com")],
        /PersistentVolumeClaim "files" in fsn1 alone/,
      ],
      [
        "accepts claims on machines in two locations",
        [claim, server(""), server("", { location: "hel1" }, "two")],
        "passes",
      ],
      ["names the same of two, in any order", [volume({}, "b"), volume({}, "a")], /the volume "a" in fsn1 alone/],
      ["says nothing about a volume whose location is empty", [volume({ location: "" })], "says nothing"],
      [
        "takes a machine in another location for no copy",
        [volume(), server("", { location: "hel1" }), store("fsn1.your-objectstorage.com")],
        /with its backup in the same place/,
      ],
      [
        "accepts a private store whose region is another one",
        [volume(), archive("repo1-s3-endpoint=10.0.0.5", "repo1-s3-region=zurich", ...safe)],
        "passes",
      ],
      [
        "accepts a store without a host whose region is another one",
        [volume(), archive("repo1-path=/a", "repo1-s3-region=zurich", ...safe)],
        "passes",
      ],
      ["says nothing about claims in a cluster of somebody else's", [claim], "says nothing"],
      ["passes machines that keep nothing", [server("")], "passes"],
      [
        "passes a volume whose content is made again",
        [server(""), volume({ labels: { "sovereign-uc-remade": "by-the-mirror" } })],
        "passes",
      ],
      [
        "passes the records of a cluster's own control plane",
        [server(""), volume({ labels: { "sovereign-uc-tier": "control-plane" } })],
        "passes",
      ],
      ["says nothing about a network", [{ type: "hcloud:index/network:Network" }], "says nothing"],
    ]),
  );
  stackTable(twoLocations, [
    {
      title: "it judges volumes of an inventory by the site of their pool",
      ...own,
      resources: [metal],
      outputs: [rendered],
      expect: /the volumes of "data" in bern alone/,
    },
    {
      title: "it accepts what the hosts of a pool save elsewhere",
      ...own,
      resources: [metal],
      outputs: [
        pool(
          {},
          {
            rendered: {
              "data-1": {
                files: {
                  "/save":
                    "#!/bin/sh\nexport RESTIC_REPOSITORY=s3:https://hel1.your-objectstorage.com/a\nrestic backup /data\n",
                },
              },
            },
          },
        )[1],
      ],
      expect: "passes",
    },
  ]);
});

describe("UC-BKP-001 backup-present-sovereign", () => {
  const cnpg = (backup: object = {}): Resource =>
    manifest("postgresql.cnpg.io/v1:Cluster", { instances: 3, ...backup }, {}, "db");
  const barman = (more: object = {}, retention: object = { retentionPolicy: "30d" }): Resource =>
    cnpg({
      backup: {
        barmanObjectStore: { endpointURL: "https://sos-ch-dk-2.exo.io", data: { encryption: "AES256" }, ...more },
        ...retention,
      },
    });
  const k8up = (spec: object = {}): Resource =>
    manifest("k8up.io/v1:Schedule", {
      backend: { s3: { endpoint: "https://sos-ch-dk-2.exo.io", bucket: "a" } },
      backup: { schedule: "@daily" },
      prune: { schedule: "@weekly", retention: { keepDaily: 14 } },
      ...spec,
    });
  const crunchy = (global: object): Resource =>
    manifest("postgres-operator.crunchydata.com/v1beta1:PostgresCluster", {
      backups: { pgbackrest: { global, repos: [{ name: "repo1", s3: { endpoint: "sos-ch-dk-2.exo.io" } }] } },
    });
  const cron = (command: string, variables: readonly (readonly [string, unknown])[] = []): Resource =>
    pod("team/backup@sha256:0", variables, { command: ["sh", "-c", command] });
  const restic = "restic backup /data && restic forget --keep-daily 14 --prune";
  shape(backupPresent);
  table(
    backupPresent,
    ones([
      ["accepts pgBackRest with a cipher and a retention", store("store.crisis.example.ch"), "passes"],
      ["accepts the same in the store of an accepted cloud", store("sos-ch-dk-2.exo.io"), "passes"],
      [
        "refuses pgBackRest without a cipher, which means none",
        archive("repo1-s3-endpoint=store.crisis.example.ch", "repo1-retention-full=4"),
        /by pgBackRest in data\["pgbackrest.conf"\] that leaves in clear/,
      ],
      [
        "refuses a cipher that is none",
        archive("repo1-path=/a", "repo1-cipher-type=none", "repo1-retention-full=4"),
        /leaves in clear/,
      ],
      [
        "refuses pgBackRest without a retention",
        archive("repo1-path=/a", "repo1-cipher-type=aes-256-cbc"),
        /without a retention/,
      ],
      [
        "judges each repository",
        archive("repo1-path=/a", ...safe, "repo2-host=backup.crisis.example.ch", "repo2-retention-full=2"),
        /leaves in clear/,
      ],
      [
        "takes no line that is a comment",
        archive("repo1-path=/a", "repo1-retention-full=4", "# repo1-cipher-type=aes-256-cbc"),
        /leaves in clear/,
      ],
      [
        "refuses Amazon's store",
        store("s3.eu-central-1.amazonaws.com"),
        /at s3\.eu-central-1\.amazonaws\.com, which Amazon/,
      ],
      ["accepts CloudNativePG with encryption and a retention", barman(), "passes"],
      ["refuses it without encryption", barman({ data: {} }), /Cluster of postgresql\.cnpg\.io that leaves in clear/],
      ["refuses it without a retention", barman({}, {}), /without a retention/],
      [
        "judges the store of Barman's plugin",
        manifest("barmancloud.cnpg.io/v1:ObjectStore", { configuration: { destinationPath: "s3://a" } }),
        /leaves in clear.*\n?.*/,
      ],
      ["accepts K8up with a retention", k8up(), "passes"],
      ["refuses K8up that keeps for ever", k8up({ prune: undefined }), /Schedule of k8up\.io without a retention/],
      ["says nothing about a schedule that saves nothing", k8up({ backup: undefined }), "says nothing"],
      [
        "refuses Wasabi's store",
        k8up({ backend: { s3: { endpoint: "https://s3.eu-central-1.wasabisys.com" } } }),
        /wasabisys\.com, which/,
      ],
      [
        "accepts VolSync with restic",
        manifest("volsync.backube/v1alpha1:ReplicationSource", { restic: { retain: { daily: 7 } } }),
        "passes",
      ],
      [
        "refuses it without retention",
        manifest("volsync.backube/v1alpha1:ReplicationSource", { restic: {} }),
        /without a retention/,
      ],
      [
        "accepts Velero's location, whose backups end after 30 days",
        manifest("velero.io/v1:BackupStorageLocation", {
          provider: "aws",
          config: { s3Url: "https://sos-ch-dk-2.exo.io" },
        }),
        "passes",
      ],
      [
        "accepts a job of Longhorn's",
        manifest("longhorn.io/v1beta2:RecurringJob", { task: "backup", retain: 7 }),
        "passes",
      ],
      [
        "says nothing about snapshots of Longhorn's, which stay in place",
        manifest("longhorn.io/v1beta2:RecurringJob", { task: "snapshot" }),
        "says nothing",
      ],
      [
        "accepts Crunchy's with a cipher",
        crunchy({ "repo1-cipher-type": "aes-256-cbc", "repo1-retention-full": "14" }),
        "passes",
      ],
      ["refuses Crunchy's without one", crunchy({ "repo1-retention-full": "14" }), /leaves in clear/],
      [
        "accepts MariaDB's backup, which ends after 30 days",
        manifest("k8s.mariadb.com/v1alpha1:Backup", { storage: { s3: { endpoint: "sos-ch-dk-2.exo.io" } } }),
        "passes",
      ],
      [
        "refuses Percona's schedule that keeps for ever",
        manifest("pxc.percona.com/v1:PerconaXtraDBCluster", {
          backup: {
            storages: { s3: { s3: { endpointUrl: "https://sos-ch-dk-2.exo.io" } } },
            schedule: [{ name: "daily" }],
          },
        }),
        /without a retention/,
      ],
      ["accepts restic that forgets", cron(restic), "passes"],
      ["refuses restic that forgets nothing", cron("restic backup /data"), /by restic without a retention/],
      [
        "refuses restic to Backblaze",
        cron(restic, [["RESTIC_REPOSITORY", "s3:https://s3.eu-central-003.backblazeb2.com/a"]]),
        /backblazeb2\.com, which Backblaze/,
      ],
      [
        "is not misled by a user before the host",
        cron(restic, [["RESTIC_REPOSITORY", "rest:https://store.crisis.example.ch@s3.amazonaws.com/a"]]),
        /amazonaws\.com, which Amazon/,
      ],
      [
        "accepts borg to a host of one's own",
        cron("borg create ssh://b@store.crisis.example.ch/./a::x /data; borg prune --keep-daily 7"),
        "passes",
      ],
      [
        "refuses borg without encryption",
        cron("borg init -e none /a; borg create /a::x /data; borg prune --keep-daily 7"),
        /by borg that leaves in clear/,
      ],
      [
        "refuses WAL-G without a key",
        cron("wal-g delete retain 5", [
          ["WALG_S3_PREFIX", "s3://a"],
          ["AWS_ENDPOINT", "https://sos-ch-dk-2.exo.io"],
        ]),
        /by WAL-G that leaves in clear/,
      ],
      [
        "accepts WAL-G with one",
        cron("wal-g delete retain 5", [
          ["WALG_S3_PREFIX", "s3://a"],
          ["WALG_LIBSODIUM_KEY", "elsewhere"],
        ]),
        "passes",
      ],
      [
        "reads user data that is packed in base64",
        server(base64("#!/bin/sh\nrestic backup /data\n")),
        /by restic without a retention/,
      ],
      [
        "reads each document of a manifest in user data",
        server(
          `#cloud-config\nwrite_files:\n  - path: /var/lib/rancher/k3s/server/manifests/a.yaml\n    content: |\n      apiVersion: v1\n      kind: Namespace\n      ---\n      apiVersion: k8up.io/v1\n      kind: Schedule\n      spec: { backup: { schedule: "@daily" } }\n`,
        ),
        /Schedule of k8up\.io.* without a retention/,
      ],
      ["leaves a host that is in no table to another rule", store("store.example.net"), "passes"],
      ["cannot judge a file that is not known", map({ a: unknownString }), "is undetermined"],
      [
        "cannot judge a part beside a backup",
        pod("a", [["A", unknownString]], { command: ["sh", "-c", restic] }),
        "is undetermined",
      ],
      ["says nothing about a pod that saves nothing", pod("team/web@sha256:0"), "says nothing"],
      ["says nothing about a network", { type: "hcloud:index/network:Network" }, "says nothing"],
    ]),
  );
  table(backupPresent, [
    {
      title: "it refuses an accepted cloud's store under strict",
      ...under("strict"),
      resource: store("sos-ch-dk-2.exo.io"),
      expect: /sos-ch-dk-2\.exo\.io, which .* operates: /,
    },
    {
      title: "it accepts a store under strict that the operator has reviewed",
      ...under("strict"),
      pack: {
        facts: [
          {
            host: "sos-ch-dk-2.exo.io",
            party: "Ours AG",
            country: "CH",
            nexus: "none",
            source: "the contract",
            reviewed: "2026-11-01",
          },
        ],
      },
      resource: store("sos-ch-dk-2.exo.io"),
      expect: "passes",
    },
    {
      title: "it refuses a store that the operator's own review gives to somebody refused, below an own domain, too",
      stack: { "sovereign-uc:ownDomains": '["crisis.example.ch"]' },
      pack: {
        facts: [
          {
            host: "store.crisis.example.ch",
            party: "Example Inc.",
            country: "US",
            nexus: "controlled",
            source: "the contract",
            reviewed: "2026-11-01",
          },
        ],
      },
      resource: store("store.crisis.example.ch"),
      expect: /at store\.crisis\.example\.ch, which Example Inc\./,
    },
  ]);
  stackTable(
    backupPresent,
    rows([
      ["accepts a volume beside a backup", [volume(), store("hel1.your-objectstorage.com")], "passes"],
      [
        "refuses a volume that nothing saves",
        [volume(), server("")],
        /the volume "records", which nothing in this stack saves/,
      ],
      ["refuses a block volume that nothing saves", [block()], /the volume "records"/],
      ["accepts a volume that a machine saves", [volume(), server(`#!/bin/sh\n${restic}\n`)], "passes"],
      [
        "cannot judge one beside a machine whose user data is not known",
        [volume(), server(unknownString)],
        { undetermined: /whether the volume "records" is saved/ },
      ],
      ["refuses a claim that nothing saves", [claim], /PersistentVolumeClaim "files"/],
      [
        "accepts a claim that says how it is made again",
        [
          manifest("core/v1:PersistentVolumeClaim", {}, { annotations: { "sovereign-uc/remade": "from the mirror" } }),
          server(""),
        ],
        "passes",
      ],
      [
        "refuses one whose annotation says nothing",
        [manifest("core/v1:PersistentVolumeClaim", {}, { annotations: { "sovereign-uc/remade": " " } })],
        /nothing in this stack saves/,
      ],
      [
        "refuses a stateful set with a claim",
        [manifest("apps/v1:StatefulSet", { volumeClaimTemplates: [{}] }, {}, "db")],
        /StatefulSet "db"/,
      ],
      [
        "says nothing about one without",
        [manifest("apps/v1:StatefulSet", { volumeClaimTemplates: [] })],
        "says nothing",
      ],
      ["accepts a claim beside K8up", [claim, k8up()], "passes"],
      ["accepts a volume beside a database's own backup, which may hold it", [volume(), barman()], "passes"],
      [
        "refuses a volume of which something else is not known",
        [volume({ automount: unknownString })],
        /nothing in this stack saves/,
      ],
      [
        "cannot judge a claim beside a command that is not known",
        [claim, { type: "command:local:Command", props: { create: unknownString } }],
        { undetermined: /a part of the stack is not known/ },
      ],
      [
        "is not misled by resources of others that are not known",
        [claim, { type: "acme:kubernetes:Thing", props: { a: unknownString } }],
        /nothing in this stack saves/,
      ],
      [
        "is not misled by a patch of a Secret that is not known",
        [claim, { type: "kubernetes:core/v1:SecretPatch", props: { data: secret({ a: unknownString }) } }],
        /nothing in this stack saves/,
      ],
      [
        "refuses a database of an operator beside another one's backup",
        [cnpg(), manifest("postgresql.cnpg.io/v1:Cluster", { backup: { barmanObjectStore: {} } }, {}, "other")],
        /Cluster "db", which nothing/,
      ],
      ["accepts a database beside a general backup", [cnpg(), k8up()], "passes"],
      ["accepts a database with its own", [barman()], "passes"],
      [
        "cannot judge a claim beside a chart whose values are not known",
        [claim, { type: "kubernetes:helm.sh/v3:Release", props: { chart: "a", values: { backup: unknownString } } }],
        { undetermined: /a part of the stack is not known/ },
      ],
      [
        "is not misled by a Secret that is not known",
        [claim, { type: "kubernetes:core/v1:Secret", props: { data: secret({ a: unknownString }) } }],
        /nothing in this stack saves/,
      ],
      ["passes machines that keep nothing", [server("")], "passes"],
      ["says nothing about a network", [{ type: "hcloud:index/network:Network" }], "says nothing"],
    ]),
  );
  const [metal, bare] = pool({});
  const [, saving] = pool({}, { rendered: { "data-1": { files: { "/save": `#!/bin/sh\n${restic}\n` } } } });
  stackTable(backupPresent, [
    {
      title: "it refuses volumes of an inventory that nothing saves",
      ...own,
      resources: [metal],
      outputs: [bare],
      expect: /the volumes of "data", which nothing in this stack saves/,
    },
    {
      title: "it accepts those that their hosts save",
      ...own,
      resources: [metal],
      outputs: [saving],
      expect: "passes",
    },
  ]);
});

describe("UC-DAT-001 encryption-at-rest-own-key", () => {
  const hetzner = "csi.storage.k8s.io/node-publish-secret-name";
  const storage = (provisioner: unknown, parameters?: object): Resource => ({
    type: "kubernetes:storage.k8s.io/v1:StorageClass",
    props: { metadata: { name: "data" }, provisioner, ...(parameters === undefined ? {} : { parameters }) },
  });
  const [metal, bare] = pool({});
  const [, luks] = pool(
    {},
    {
      rendered: {
        "data-1": {
          files: { "/usr/local/lib/open": "#!/bin/sh\ncryptsetup luksFormat --key-file /run/key /dev/sdb\n" },
        },
      },
    },
  );
  shape(encryptedAtRest);
  table(
    encryptedAtRest,
    ones([
      ["accepts Hetzner's volumes with a secret", storage("csi.hetzner.cloud", { [hetzner]: "key" }), "passes"],
      [
        "refuses them without",
        storage("csi.hetzner.cloud", {}),
        /csi\.hetzner\.cloud without the parameter.* do: set .* to a secret with your key/,
      ],
      [
        "says nothing about a class of storage of somebody else's",
        { ...storage("csi.hetzner.cloud"), type: "kubernetes:acme.example/v1:StorageClass" },
        "says nothing",
      ],
      [
        "says nothing about another kind",
        { ...storage("csi.hetzner.cloud"), type: "kubernetes:storage.k8s.io/v1:CSIDriver" },
        "says nothing",
      ],
      ["cannot judge a file that is not known", map({ a: unknownString }), "is undetermined"],
      [
        "reads no line of a thousand characters",
        map({ file: `ui = true\n${'seal "awskms" {'.padEnd(1000, "x")}\n}\n` }),
        "says nothing",
      ],
      ["refuses them where nothing is said", storage("csi.hetzner.cloud"), /so that they are in clear/],
      ["refuses an empty secret", storage("csi.hetzner.cloud", { [hetzner]: "" }), /in clear/],
      [
        "cannot judge a parameter that is not known",
        storage("csi.hetzner.cloud", { [hetzner]: unknownString }),
        { undetermined: /node-publish-secret-name/ },
      ],
      ["cannot judge a provisioner that is not known", storage(unknownString), { undetermined: /the provisioner/ }],
      ["accepts Longhorn's with encryption", storage("driver.longhorn.io", { encrypted: "true" }), "passes"],
      [
        "refuses Longhorn's with it switched off",
        storage("driver.longhorn.io", { encrypted: "false" }),
        /set encrypted to "true"/,
      ],
      ["judges Ceph's under any namespace", storage("rook-ceph.rbd.csi.ceph.com", {}), /rbd\.csi\.ceph\.com without/],
      ["judges Ceph's file systems", storage("rook-ceph.cephfs.csi.ceph.com", { encrypted: "true" }), "passes"],
      [
        "refuses Exoscale's, which has no such parameter",
        storage("csi.exoscale.com"),
        /encrypts none by a key of yours/,
      ],
      ["says nothing about volumes that hosts make", storage("rancher.io/local-path"), "says nothing"],
      ["says nothing about a provisioner that only ends like another", storage("xcsi.hetzner.cloud"), "says nothing"],
      [
        "judges a class in the text of a manifest",
        map({ "a.yaml": "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: csi.hetzner.cloud\n" }),
        /in clear/,
      ],
      [
        "refuses a seal by Amazon's keys",
        map({ "vault.hcl": 'storage "raft" {}\nseal "awskms" {\n  region = "eu-central-1"\n}\n' }),
        /keys in Amazon's key service/,
      ],
      [
        "refuses it in capitals and without quotes",
        map({ "vault.hcl": "ui = true\nSEAL AWSKMS {\n}\n" }),
        /Amazon's key service/,
      ],
      [
        "accepts a seal by one's own",
        map({ "vault.hcl": 'seal "transit" {\n  address = "https://keys.crisis.example.ch"\n}\n' }),
        "says nothing",
      ],
      [
        "refuses Ceph's keys at Microsoft",
        map({ "config.json": '{\n"a": {\n"encryptionKMSType": "azure-kv"\n}\n}x' }),
        /Microsoft's key service/,
      ],
      ["takes no line that is a comment", map({ "vault.hcl": '# seal "awskms" {}\nui = true\n' }), "says nothing"],
      ...[
        ['seal "azurekeyvault" {', "Microsoft"],
        ['seal "gcpckms" {', "Google"],
        ['seal "ocikms" {', "Oracle"],
        ["KMS_PROVIDER: aws-sts-metadata", "Amazon"],
        ["encryptionKMSType=ibmkeyprotect", "IBM"],
        ["kms: arn:aws:kms:eu-central-1:1:key/a", "Amazon"],
        ["gcp_kms: projects/a", "Google"],
        ["azure_keyvault: https://a", "Microsoft"],
      ].map(
        ([line = "", keeper = ""]) =>
          [
            `knows ${line}`,
            map({ file: `ui = true\n${line}\n}\n` }),
            new RegExp(`keys in ${keeper}'s key service`),
          ] as const,
      ),
      ["says nothing about a network", { type: "hcloud:index/network:Network" }, "says nothing"],
    ]),
  );
  stackTable(
    encryptedAtRest,
    rows([
      [
        "accepts a volume that a machine encrypts",
        [volume(), server("#!/bin/sh\ncryptsetup -q luksFormat /dev/sdb /run/key\n")],
        "passes",
      ],
      [
        "refuses a volume that no machine encrypts",
        [volume(), server("#!/bin/sh\nmkfs.ext4 /dev/sdb\n")],
        /the volume "records", which no machine of this stack encrypts/,
      ],
      ["refuses a volume without any machine", [block()], /which no machine/],
      [
        "is not misled by a comment",
        [volume(), server("#!/bin/sh\n# cryptsetup luksFormat /dev/sdb\n")],
        /which no machine/,
      ],
      [
        "cannot judge beside user data that is not known",
        [volume(), server(unknownString)],
        { undetermined: /whether a machine encrypts "records"/ },
      ],
      [
        "accepts Talos",
        [volume(), server("machine:\n  systemDiskEncryption:\n    state:\n      provider: luks2\n  type: worker\n")],
        "passes",
      ],
      ...[
        "echo 'data /dev/sdb none' >> /etc/crypttab",
        "clevis luks bind -d /dev/sdb tang '{}'",
        "systemd-cryptenroll --tpm2-device=auto /dev/sdb",
        "gocryptfs -init /data",
        "fscrypt encrypt /data",
      ].map((line) => [`knows ${line}`, [volume(), server(`#!/bin/sh\n${line}\n`)], "passes"] as const),
      [
        "accepts Butane",
        [volume(), server("variant: fcos\nstorage:\n  luks:\n    - name: data\n  disks: []\n")],
        "passes",
      ],
      ["accepts a pool of ZFS", [volume(), server("#!/bin/sh\nzfs create -o encryption=on tank/data\n")], "passes"],
      [
        "accepts what a command does",
        [
          volume(),
          server(""),
          { type: "command:remote:Command", props: { create: "cryptsetup luksFormat /dev/sdb -d /run/key" } },
        ],
        "passes",
      ],
      ["reads base64", [volume(), server(base64("#!/bin/sh\ncryptsetup luksFormat /dev/sdb\n"))], "passes"],
      [
        "reads a line of 10,000 characters",
        [volume(), server(`#!/bin/sh\n${": x;".repeat(2000)} cryptsetup luksFormat /dev/sdb ${"x".repeat(2000)}\n`)],
        "passes",
      ],
      ["says nothing about a stack without volumes", [server("")], "says nothing"],
      ["leaves volumes of a pool in a cloud to themselves", [pool({ cloud: "hetzner" })[0]], "says nothing"],
      [
        "says nothing about other components of an inventory",
        [{ ...pool({})[0], type: "sovereign-uc:index:Storage" }],
        "says nothing",
      ],
      [
        "says nothing about a pool that asks for no disks",
        [{ type: "sovereign-uc:index:HostPool", props: { cloud: "metal" } }],
        "says nothing",
      ],
    ]),
  );
  stackTable(encryptedAtRest, [
    {
      title: "it says nothing about hosts of an inventory without disks for data",
      resources: [pool({ dataGib: 0 })[0]],
      outputs: [bare],
      expect: "says nothing",
    },
    {
      title: "it refuses disks of an inventory that no host encrypts",
      resources: [metal],
      outputs: [bare],
      expect: /the volume "data"/,
    },
    {
      title: "it accepts those that their hosts encrypt",
      resources: [metal],
      outputs: [luks ?? bare],
      expect: "passes",
    },
  ]);
});
