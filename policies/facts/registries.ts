import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A registry of container images and its operator. */
export interface RegistryFact extends Fact {
  /** Host, or domain above the hosts. */
  readonly host: string;
  /** Pattern for hosts that no suffix describes; `host` is then for messages only. */
  readonly pattern?: RegExp;
  readonly party: EntityId;
}

const registry = (host: string, party: EntityId, source = `https://${host}`): RegistryFact => ({
  host,
  party,
  source,
  reviewed,
});

const distribution = "distribution/reference normalize.go at 0965666a (default domain of references)";

export const registries: readonly RegistryFact[] = [
  registry("docker.io", "docker", distribution),
  registry("docker.com", "docker", "https://docs.docker.com/desktop/setup/allow-list/"),
  registry("ghcr.io", "github"),
  registry("quay.io", "ibm"),
  registry("registry.access.redhat.com", "ibm"),
  registry("registry.redhat.io", "ibm"),
  registry("icr.io", "ibm"),
  registry("gcr.io", "google"),
  registry("pkg.dev", "google"),
  registry("registry.k8s.io", "google", "https://github.com/kubernetes/registry.k8s.io"),
  registry("mcr.microsoft.com", "microsoft"),
  registry("azurecr.io", "microsoft"),
  registry("public.ecr.aws", "amazon"),
  {
    ...registry(
      "<account>.dkr.ecr.<region>.amazonaws.com",
      "amazon",
      "https://docs.aws.amazon.com/AmazonECR/latest/userguide/",
    ),
    pattern: /^\d+\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
  },
  {
    ...registry(
      "<account>.dkr.ecr.<region>.amazonaws.eu",
      "amazonsovereign",
      "https://docs.aws.amazon.com/AmazonECR/latest/userguide/",
    ),
    pattern: /^\d+\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.eu$/,
  },
  registry("lscr.io", "github", "https://docs.linuxserver.io (lscr.io leads to GitHub's and Docker's registries)"),
  registry("jfrog.io", "jfrog"),
  registry("cloudsmith.io", "cloudsmith"),
  registry("registry.gitlab.com", "gitlab"),
  registry("nvcr.io", "nvidia"),
  registry("cgr.dev", "chainguard"),
  registry("xpkg.upbound.io", "upbound"),
  registry("ocir.io", "oracle"),
  registry("registry.digitalocean.com", "digitalocean"),
  registry("rg.fr-par.scw.cloud", "scaleway", "https://www.scaleway.com/en/docs/container-registry/"),
  registry("rg.nl-ams.scw.cloud", "scaleway", "https://www.scaleway.com/en/docs/container-registry/"),
  registry("rg.pl-waw.scw.cloud", "scaleway", "https://www.scaleway.com/en/docs/container-registry/"),
  registry("container-registry.ovh.net", "ovh", "https://help.ovhcloud.com (Managed Private Registry)"),
  registry("registry.onstackit.cloud", "stackit", "https://docs.stackit.cloud (Container Registry)"),
  registry("swr.eu-de.otc.t-systems.com", "telekom", "https://docs.otc.t-systems.com/software-repository-container/"),
  registry("oci.element.io", "element"),
  registry("dock.mau.dev", "mautrix"),
  registry("codeberg.org", "codeberg"),
  registry("registry.opencode.de", "opencode"),
  registry("registry.ollama.ai", "ollama"),
];
