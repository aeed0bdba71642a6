/** First contact, run for real in a mount namespace: the host's answer, and the proof that it comes from this host. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { birthWord, birthWordPath, heard } from "../../components/recipe/birth-word";
import { scripts } from "../../components/recipe/scripts";
import { describeWithNamespaces } from "../isolation/possible";

describeWithNamespaces(["mount", "unshare"], "first contact", () => {
  let root: string;
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIthisHostsOwn";
  const word = birthWord("the secret of the stack", "door-1");
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "contact-"));
    for (const folder of ["etc/ssh", "lib/sovereign-uc", "bin"]) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, "etc/ssh/ssh_host_ed25519_key.pub"), `${key} root@door-1\n`);
    writeFileSync(join(root, "etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
  });
  beforeEach(() => {
    writeFileSync(join(root, "bin/cloud-init"), "#!/bin/sh\nexit 0\n");
    chmodSync(join(root, "bin/cloud-init"), 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function contact(born: string | undefined): string {
    if (born !== undefined) writeFileSync(join(root, birthWordPath.replace("/var/lib", "lib")), `${born}\n`);
    const shell = `mount --bind ${root}/etc /etc && mount --bind ${root}/lib /var/lib && PATH=${root}/bin:$PATH && export PATH && exec sh -c "$1"`;
    const { stdout, stderr } = spawnSync("unshare", ["--mount", "sh", "-c", shell, "sh", scripts.contact], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    return stdout;
  }

  test("a host prints its key and machine id, and proves them with its first-contact secret", () => {
    const said = { key, machine: "0123456789abcdef0123456789abcdef" };
    expect(heard("door-1", contact(word), word)).toEqual(said);
    expect(contact(word)).not.toContain(word);
    rmSync(join(root, "etc/machine-id"));
    expect(heard("door-1", contact(word), word)).toEqual({ key, machine: "" });
  });

  test("a host without such a secret prints the same, and is accepted if no proof is required", () => {
    expect(contact(undefined)).toBe(`${key}\n0123456789abcdef0123456789abcdef\n`);
    expect(heard("door-1", contact(undefined))).toMatchObject({ key });
  });

  test.each<[string, (answer: string) => string, string]>([
    ["that names another key", (answer) => answer.replace("thisHostsOwn", "somebodyElse"), "a proof that is wrong"],
    ["that names another machine", (answer) => answer.replace("0123456789", "9876543210"), "a proof that is wrong"],
    ["of another host", () => contact(birthWord("the secret of the stack", "door-2")), "a proof that is wrong"],
    ["of a host of another stack", () => contact(birthWord("another secret", "door-1")), "a proof that is wrong"],
    ["without a proof", (answer) => answer.replace(/proof .*\n/, ""), "no proof"],
    ["that is empty", () => "", "no proof"],
  ])("an answer %s is refused", (_, forge, got) => {
    expect(() => heard("door-1", forge(contact(word)), word)).toThrow(
      `expected door-1 to prove with its birth word which key it has, got ${got}; nothing was sent there`,
    );
  });
});
