import { createSelfSignedCertificate, generatePrivateKey, identityForHost } from "sshpk";
import { Jitsi, type JitsiArgs, jitsiNames } from "../../../../components/services/jitsi";
import type { KubernetesTarget } from "../../../../components/kubernetes/target";
import { type Deployment, deploy } from "../../../support/mocks";
import { target } from "../../kubernetes/target";

export const domain = "meet.crisis.example.ch";

/** A certificate for names, signed by itself, with its key. */
export function certificateFor(names: readonly string[]): {
  readonly certificate: string;
  readonly privateKey: string;
} {
  const key = generatePrivateKey("ecdsa");
  const certificate = createSelfSignedCertificate([...names].map(identityForHost), key, {
    lifetime: 20 * 365 * 86_400,
  });
  return { certificate: certificate.toString("pem"), privateKey: key.toString("pkcs8") };
}

const fixed = certificateFor(jitsiNames(domain, 3));

/** Resources of a Jitsi for 200 people; arguments can be changed, also against their type. */
export function jitsi(
  change: Partial<Record<keyof JitsiArgs, unknown>> = {},
  cluster: Partial<KubernetesTarget> = {},
  options: { readonly name?: string; readonly preview?: boolean } = {},
): Promise<Deployment> {
  return deploy(
    () => {
      const made = new Jitsi(options.name ?? "meet", {
        cluster: target(cluster),
        domain,
        participants: 200,
        tls: fixed,
        ...change,
      } as JitsiArgs);
      return { url: made.url, moderators: made.moderators, records: made.records };
    },
    { preview: options.preview ?? false },
  );
}
