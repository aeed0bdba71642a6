import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../support/programs/background";
import { buildImages, type LiveImageName, ownImages, startRegistry, versionOf } from "./images";
import { authority, issue } from "./pki";

/**
 * Builds images where the cache folder lacks them, and puts them into the folder from which a live deployment's registry serves: under the catalogue's names and tags.
 *
 * @param storage folder that is kept from run to run.
 */
export async function fillRegistry(
  storage: string,
  names: readonly LiveImageName[],
  note: (progress: string) => void,
): Promise<void> {
  const always = Object.entries(ownImages).flatMap(([name, row]) => ("onDemand" in row ? [] : [name]));
  const wanted: readonly LiveImageName[] = [...new Set([...names, ...always])];
  const images = await buildImages(wanted, note);
  const folder = await mkdtemp(join(tmpdir(), "sovereign-uc-registry-"));
  try {
    const ca = authority("registry of the tests");
    const { certificate, key } = issue(ca, { commonName: "registry", ipAddresses: ["127.0.0.1"] });
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const [port = 0] = await freePorts(1);
    const registry = await startRegistry({
      address: "127.0.0.1",
      port,
      certificate: await file("registry.crt", certificate),
      key: await file("registry.key", key),
      authority: await file("authority.crt", ca.certificate),
      storage,
    });
    try {
      await registry.push(new Map(wanted.map((name) => [`${name}:${versionOf(name)}`, images.get(name) ?? ""])));
    } finally {
      await registry.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
