import { type Fact, lastReview as reviewed } from "./fact";

/** A type of resource whose effect cannot be read before it has run. */
export interface OpaqueFact extends Fact {
  /** Type token, or its beginning when it ends with `*`. */
  readonly type: string;
  readonly why: string;
  readonly action: string;
}

const dynamic = "make it a resource of a provider, or list it under `opaque` with a reason";

export const opaqueTypes: readonly OpaqueFact[] = [
  {
    type: "kubernetes:helm.sh/v3:Release",
    why: "a chart is rendered by the provider, after every rule has run",
    action: "use typed resources, or the Chart resource of helm.sh/v4, whose objects are judged one by one",
    source: "pulumi/pulumi-kubernetes provider/pkg/provider/helm_release.go at 94977969d",
    reviewed,
  },
  {
    type: "pulumi-nodejs:dynamic*",
    why: "its code runs inside the program",
    action: dynamic,
    source: "pulumi/pulumi sdk/nodejs/dynamic/index.ts at v3.256.0",
    reviewed,
  },
  {
    type: "pulumi-python:dynamic*",
    why: "its code runs inside the program",
    action: dynamic,
    source: "pulumi/pulumi sdk/python/lib/pulumi/dynamic/dynamic.py at v3.256.0",
    reviewed,
  },
  {
    type: "command:*",
    why: "a script can do anything",
    action: "use a recipe, whose scripts are known by digest, or list it under `opaque` with a reason",
    source: "pulumi/pulumi-command provider/pkg/provider at 010bd8e0",
    reviewed,
  },
  {
    type: "docker:index/image:Image",
    why: "the content of an image that is built here is not declared anywhere",
    action: "build it elsewhere, push it to your own registry and name it by digest",
    source: "https://www.pulumi.com/registry/packages/docker/api-docs/image/",
    reviewed,
  },
  {
    type: "docker-build:index:*",
    why: "the content of an image that is built here is not declared anywhere",
    action: "build it elsewhere, push it to your own registry and name it by digest",
    source: "https://www.pulumi.com/registry/packages/docker-build/",
    reviewed,
  },
  {
    type: "pulumi:pulumi:StackReference",
    why: "outputs of another stack were judged, if at all, elsewhere",
    action: "give the value by configuration, or list the reference under `opaque` with a reason",
    source: "pulumi/pulumi pkg/resource/deploy/builtins.go at v3.256.0",
    reviewed,
  },
];
