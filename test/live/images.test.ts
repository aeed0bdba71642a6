/** Images that stand in for those of the catalogue: a row for each, their configuration, and a registry that serves them under the catalogue's names. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogueImages } from "../../components/services/registry";
import { freePorts, until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import {
  buildImages,
  liveImages,
  type LiveImageName,
  ownImages,
  type OwnImageName,
  type Registry,
  registryPrograms,
  runnable,
  type StandIn,
  startRegistry,
  versionOf,
} from "./images";
import { ran, runs } from "./images/folders";

const standIn = (name: LiveImageName): StandIn => {
  const row = name in ownImages ? ownImages[name as OwnImageName] : liveImages[name];
  if (row !== undefined && "runs" in row) return row.runs;
  throw new Error(`${name} does not run here: ${row?.absent ?? "nobody has listed it"}`);
};

describe("the table of images", () => {
  test("has a row for every name of the catalogue, and no other", () => {
    expect(Object.keys(liveImages).sort()).toEqual(catalogueImages.map(({ path }) => path).sort());
  });

  test.each(Object.entries(liveImages))("says of %s what it proves and what not, or why it is absent", (_, row) => {
    const sentences = "runs" in row ? [row.runs.proves, row.runs.doesNotProve, row.runs.source] : [row.absent];
    for (const sentence of sentences) expect(sentence).toMatch(/\S+ \S+ \S+/);
    // Files alone can move: a revision or a tag is named with them.
    if ("runs" in row) expect(row.runs.source).toMatch(/\b[0-9a-f]{7,}\b|\bv\d+\.\d+\.\d+\b/);
  });
});

describeWith(["shellcheck", "luac5.4", "python3"], "the files of the stand-ins", () => {
  const folder = join(__dirname, "images", "files");
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

  test.each([
    ["shell scripts", /\/init$|\.sh$/, "shellcheck", ["--external-sources"], 9],
    ["Lua", /\.lua$/, "luac5.4", ["-p"], 3],
    ["Python", /\.py$/, "python3", ["-c", "import ast, sys; [ast.parse(open(one).read()) for one in sys.argv[1:]]"], 3],
  ] as const)("are %s", async (_, pattern, checker, options, least) => {
    const files = all.filter((file) => pattern.test(file));
    expect(files.length).toBeGreaterThanOrEqual(least);
    for (const file of files) await runs(checker, [...options, file]);
  });
});

/** A program of each image that only runs when its libraries are there. */
const programs: Readonly<Record<string, readonly string[]>> = {
  "library/haproxy": ["/usr/local/sbin/haproxy", "-v"],
  "coturn/coturn": ["/usr/bin/turnserver", "--version"],
  "jitsi/prosody": ["/usr/bin/lua5.4", "-e", 'require "lfs"; require "lxp"; require "ssl"; require "lunbound"'],
  "jitsi/web": ["/usr/sbin/nginx", "-v"],
  "jitsi/jvb": [
    "/bin/sh",
    "-ec",
    "keytool -genkeypair -help; cd /usr/share/stand-in; python3 -B -c 'import common'; test -r bridge.py",
  ],
  "goacme/lego": ["/lego", "--version"],
  "metrics-server/metrics-server": ["/metrics-server", "--version"],
  kubectl: ["/bin/kubectl", "version", "--client"],
  "ggml-org/llama.cpp": ["/app/llama-server", "--version"],
  "library/python": ["/usr/local/bin/python3", "-c", "import ssl, json"],
  "live/speech": ["/usr/local/bin/python3", "-Bc", "import faster_whisper, vosk, websockets"],
  "library/node": ["/usr/local/bin/node", "-e", "require('node:crypto').scryptSync('', '', 32)"],
  "chrislusf/seaweedfs": ["/bin/sh", "-ec", "weed version; curl --version"],
  "livekit/livekit-server": ["/livekit-server", "--version"],
  "live/pause": ["/usr/bin/catatonit", "--version"],
  "live/probe": ["/usr/bin/python3", "-c", "import http.server, ssl, json"],
};

describeWith([...registryPrograms, "apt-get", "openssl"], "images that the tests build", () => {
  const names: readonly LiveImageName[] = [...runnable, ...(Object.keys(ownImages) as OwnImageName[])];
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-images-"));
  const at = (name: string): string => join(folder, name);
  let built: ReadonlyMap<LiveImageName, string>;
  let registry: Registry | undefined;
  let digests: ReadonlyMap<string, string>;

  beforeAll(async () => {
    built = await buildImages(names, (progress) => process.stderr.write(`${progress}\n`));
    await runs("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=registry"],
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", at("key"), "-out", at("crt")],
    ]);
    const [port = 0] = await freePorts(1);
    const files = { certificate: at("crt"), key: at("key"), authority: at("crt") };
    registry = await startRegistry({ address: "127.0.0.1", port, storage: at("storage"), ...files });
    digests = await registry.push(
      new Map([...built].map(([name, source]) => [`${name}:${versionOf(name)}`, source] as const)),
    );
  }, 900_000);

  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** In process and mount namespaces of its own, with /proc. */
  const within = (root: string): readonly string[] => ["--pid", "--fork", "--mount", `--mount-proc=${root}/proc`];

  /** Image configuration as the registry serves it. */
  const configuration = async (reference: string): Promise<Readonly<Record<string, unknown>>> => {
    const trusted = join(at("storage"), "authority");
    const text = await ran("skopeo", [
      ...["inspect", "--config", "--no-creds", "--cert-dir", trusted],
      `docker://${registry?.host}/${reference}`,
    ]);
    return (JSON.parse(text) as { config: Record<string, unknown> }).config;
  };

  test.each(names)("%s is served by tag and by digest, with upstream's user and entry command", async (name) => {
    const { user, entrypoint, command, environment, workingDirectory, stopSignal } = standIn(name);
    const tagged = `${name}:${versionOf(name)}`;
    const found = await configuration(tagged);
    expect({
      user: found["User"] ?? "",
      entrypoint: found["Entrypoint"] ?? [],
      command: found["Cmd"] ?? [],
      workingDirectory: found["WorkingDir"],
      stopSignal: found["StopSignal"],
    }).toEqual({ user, entrypoint, command, workingDirectory, stopSignal });
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const first = "PATH" in environment ? [] : [path];
    expect(found["Env"]).toEqual([...first, ...Object.entries(environment).map(([key, value]) => `${key}=${value}`)]);
    expect(await configuration(`${name}@${digests.get(tagged)}`)).toEqual(found);
  });

  const roots = new Map<LiveImageName, Promise<string>>();
  /** The root file system of an image, unpacked once. */
  const unpacked = (name: LiveImageName): Promise<string> => {
    const work = async (): Promise<string> => {
      const root = at(`root-${name.replace("/", "-")}`);
      await runs("umoci", ["raw", "unpack", "--image", (built.get(name) ?? "").replace(/^oci:/, ""), root]);
      return root;
    };
    const found = roots.get(name) ?? work();
    roots.set(name, found);
    return found;
  };

  // Jicofo's stands on the same layers as the bridge's.
  const started = Object.keys(programs) as LiveImageName[];

  test.each(started)(
    "the program of %s starts under another user than root",
    async (name) => {
      const root = await unpacked(name);
      await runs("unshare", [...within(root), "chroot", "--userspec=1000:1000", root, ...(programs[name] ?? [])]);
      // An image must not hand out root by a file.
      expect(await ran("find", [root, "-xdev", "-type", "f", "-perm", "/6000"])).toBe("");
    },
    300_000,
  );

  test("only coturn's program carries a capability, that of low ports", async () => {
    const found = await ran("getcap", ["-r", ...(await Promise.all(started.map(unpacked)))]);
    expect(found.trim()).toBe(`${at("root-coturn-coturn")}/usr/libexec/coturn/turnserver cap_net_bind_service=ep`);
  });

  test.each<[LiveImageName, readonly string[]]>([
    ["coturn/coturn", ["turnserver", "-n", "--no-udp", "--no-tcp", "--no-cli", "--pidfile=/dev/null"]],
    ["live/probe", [...standIn("live/probe").entrypoint, ...standIn("live/probe").command]],
    ["live/pause", standIn("live/pause").entrypoint],
  ])("%s ends when it is asked to, although it is the first process", async (name, words) => {
    const root = await unpacked(name);
    const child = spawn("unshare", [...within(root), "chroot", root, ...words], { stdio: "ignore" });
    const gone = once(child, "exit");
    const children = (pid: number | string | undefined): string =>
      readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    let first = "";
    await until("the program to run", async () => {
      first = children(child.pid);
      if (first === "" || readFileSync(`/proc/${first}/comm`, "utf8").trim() !== "catatonit") return false;
      // A first process hears no signal before it has said which it takes.
      return /^SigBlk:\s*0*[1-9a-f]/m.test(readFileSync(`/proc/${first}/status`, "utf8"));
    });
    process.kill(Number(first), "SIGTERM");
    try {
      await until("its end", async () => !existsSync(`/proc/${first}`), 10);
    } finally {
      if (existsSync(`/proc/${first}`)) process.kill(Number(first), "SIGKILL");
      await gone;
    }
  });

  test("what is built and pushed already is not done again", async () => {
    const said: string[] = [];
    expect(await buildImages(names, (progress) => said.push(progress))).toEqual(built);
    expect(said).toEqual([]);
    const written = (): readonly string[] =>
      readdirSync(at("storage"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => `${file} ${statSync(file).mtimeMs}`);
    const before = written();
    expect(before.length).toBeGreaterThan(names.length);
    const wanted = new Map([...built].map(([name, source]) => [`${name}:${versionOf(name)}`, source] as const));
    expect(await registry?.push(wanted)).toEqual(digests);
    expect(written()).toEqual(before);
  });

  test("the HAProxy of the edge finds no bash, as in upstream's image", async () => {
    const root = await unpacked("library/haproxy");
    await runs("chroot", [root, "/bin/sh", "-c", "test -x /usr/bin/ps && ! command -v bash"]);
  });

  test("an image that cannot run here is refused with its reason", () => {
    expect(() => buildImages(["autoscaling/cluster-autoscaler"], () => {})).toThrow(
      /^expected an image that runs here/,
    );
  });
});
