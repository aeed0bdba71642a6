/** The browser of a recorder: Chromium with the rendered flags and managed policy opens the meeting and nothing else. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorityPolicy, customJibri, managedPolicy } from "../../components/services/jitsi/jibri";
import { authority, issue } from "../live/pki";
import { describeWith } from "../support/programs/programs";

const domain = "meet.example.test";
const elsewhere = "elsewhere.example.test";
/** Both names lead here: what keeps the browser from the second is its own settings. */
const address = "127.0.0.77";

/** Runs as root of mounts of its own: the host's names, and the folder in which Debian's Chromium looks for policies. */
const script = `set -e
mount --bind "$PLACE/hosts" /etc/hosts
mount -t tmpfs tmpfs /etc/chromium
mkdir -p /etc/chromium/policies/managed
cp "$PLACE/$POLICIES"/* /etc/chromium/policies/managed/
exec strace -f -qq -e trace=connect -o "$PLACE/trace" chromium --headless --disable-gpu "--user-data-dir=$PLACE/profile" "$@"
`;

describeWith(["chromium", "strace"], "the browser of a recorder", () => {
  const ca = authority("web-authority");
  const { certificate, key } = issue(ca, { commonName: domain, dnsNames: [domain, elsewhere] });
  const asked: string[] = [];
  let folder: string;
  let server: Server;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "recorder-browser-"));
    writeFileSync(join(folder, "hosts"), `127.0.0.1 localhost\n${address} ${domain} ${elsewhere}\n`);
    for (const policies of ["ours", "without-authority"]) {
      mkdirSync(join(folder, policies));
      writeFileSync(join(folder, policies, "managed_policies.json"), managedPolicy(domain));
    }
    writeFileSync(join(folder, "ours", "web_authority.json"), authorityPolicy(ca.certificate));
    server = createServer({ cert: certificate, key }, ({ headers, url }, answer) => {
      asked.push(`${headers.host}${url}`);
      answer.setHeader("content-type", "text/html");
      answer.end(`<p>the meeting</p><img src="https://${elsewhere}/picture">`);
    }).listen(443, address);
    await once(server, "listening");
  });
  beforeEach(() => {
    asked.length = 0;
    rmSync(join(folder, "profile"), { recursive: true, force: true });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page that it shows, and where it connected to. */
  async function opened(url: string, policies = "ours") {
    const [, flags = ""] = customJibri(domain).split("chrome.flags = [");
    const own = [...flags.matchAll(/"(--[^"]+)"/g)].map(([, flag = ""]) => flag);
    const words = ["--mount", "bash", "-c", script, "bash", ...own, "--virtual-time-budget=3000", "--dump-dom", url];
    // The server is in this process, which has to go on.
    const page = await new Promise<string>((resolve) => {
      const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: folder, PLACE: folder, POLICIES: policies };
      execFile("unshare", words, { env, timeout: 120_000, killSignal: "SIGKILL" }, (_, stdout) => resolve(stdout));
    });
    const trace = readFileSync(join(folder, "trace"), "utf8");
    const places = [...trace.matchAll(/sin6?_port=htons\((\d+)\).*?"([0-9a-f.:]+)"/g)].map(
      ([, port, to]) => `${to} ${port}`,
    );
    return { page, places: [...new Set(places)] };
  }

  test("opens the meeting, whose certificate the deployment's own authority has issued, and asks nobody else for anything", async () => {
    const { page, places } = await opened(`https://${domain}/board`);
    expect(page).toContain("the meeting");
    expect(asked).toContain(`${domain}/board`);
    expect(asked.filter((one) => !one.startsWith(domain))).toEqual([]);
    // The second is how Chromium sees whether there is IPv6: a socket for UDP is given the address, and no packet is sent.
    expect(places.filter((place) => place !== "2001:4860:4860::8888 443")).toEqual([`${address} 443`]);
  }, 180_000);

  test("opens no other page", async () => {
    const { page } = await opened(`https://${elsewhere}/page`);
    expect(page).not.toContain("the meeting");
    expect(asked).toEqual([]);
  }, 180_000);

  test("trusts no certificate of an authority that it was not given", async () => {
    const { page } = await opened(`https://${domain}/board`, "without-authority");
    expect(page).not.toContain("the meeting");
    expect(asked).toEqual([]);
  }, 180_000);
});
