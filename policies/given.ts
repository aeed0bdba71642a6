import { isList, isObject, type Properties, properties, unknown, type Value } from "./extract/value";
import type { Subject } from "./rule";

interface Given {
  readonly type: string;
  readonly name: string;
  readonly props: object;
}

/** A resource as CrossGuard gives it to a policy. */
export interface GivenResource extends Given {
  readonly urn: string;
  readonly provider?: Given;
  readonly opts?: { readonly protect?: boolean };
}

/** Input from CrossGuard, read once and only when a rule asks for it. */
class Lazy {
  readonly type: string;
  readonly name: string;
  private made: Properties | undefined;

  constructor(private readonly given: Given) {
    this.type = given.type;
    this.name = given.name;
  }

  get properties(): Properties {
    return (this.made ??= properties(this.given.props));
  }
}

class LazySubject extends Lazy implements Subject {
  readonly urn: string;
  readonly provider: Subject["provider"];
  readonly protect: boolean;

  constructor(given: GivenResource) {
    super(given);
    this.protect = given.opts?.protect === true;
    this.urn = given.urn;
    this.provider = given.provider === undefined ? undefined : new Lazy(given.provider);
  }
}

/** Resources that are kept at one time: more than the engine registers side by side. What is not there any more is read again. */
const kept = 1000;

/**
 * Resources as the first policy has read them. The SDK makes a copy of its own for each policy (`makeAnalyzeRpcFun`, `makeAnalyzeStackRpcFun` of
 * @pulumi/policy 1.21.0), and reading one takes longer than judging it.
 */
export class GivenResources {
  private readonly recent = new Map<string, Subject>();
  /** Resources that a preview asks no plugin about, by URN. */
  private readonly unasked = new Map<string, Subject>();
  private whole: readonly Subject[] = [];

  /** @param preview true while nothing is made yet. */
  constructor(private readonly preview: () => boolean = () => false) {}

  /** Reads a resource for the policies that follow: to be called by the first one, each time that the resource is judged. */
  read(given: GivenResource): Subject {
    const subject = new LazySubject(given);
    this.recent.delete(given.urn);
    if (this.recent.size >= kept) this.recent.delete(this.recent.keys().next().value ?? "");
    this.recent.set(given.urn, subject);
    if (this.preview() && holdsUnknown(subject.provider?.properties)) this.unasked.set(given.urn, subject);
    return subject;
  }

  /** The same resource for another policy. */
  subject(given: GivenResource): Subject {
    const known = this.recent.get(given.urn);
    return known?.type === given.type ? known : new LazySubject(given);
  }

  /**
   * Reads a stack for the policies that follow.
   *
   * In a preview the engine asks no plugin whose configuration it does not know yet, such as that of a cluster that is still to be made, and gives its resources
   * without any property (`Create` in sdk/go/common/resource/plugin/provider_plugin.go of pulumi/pulumi at sdk/v3.243.0). Their inputs stand in for those.
   */
  readStack(all: readonly GivenResource[]): void {
    this.whole = this.subjects(all);
  }

  /** The same stack for another policy; read again where the first one was switched off. */
  stack(all: readonly GivenResource[]): readonly Subject[] {
    const isSame =
      this.whole.length === all.length &&
      this.whole.every(({ urn, type }, i) => urn === all[i]?.urn && type === all[i].type);
    return isSame ? this.whole : this.subjects(all);
  }

  private subjects(all: readonly GivenResource[]): readonly Subject[] {
    return all.map((one) => {
      const inputs = Object.keys(one.props).length === 0 ? this.unasked.get(one.urn) : undefined;
      return inputs?.type === one.type ? inputs : new LazySubject(one);
    });
  }
}

const holdsUnknown = (value: Value): boolean =>
  value === unknown ||
  (isList(value) && value.some(holdsUnknown)) ||
  (isObject(value) && Object.values(value).some(holdsUnknown));
