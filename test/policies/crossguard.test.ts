import { rules } from "../../policies/pack";
import { crossguard } from "../../policies/crossguard";
import { policyName, type Rule } from "../../policies/rule";
import { Pack, secret, unknownString } from "./support";

describe("Rules as CrossGuard policies", () => {
  test("without the settings before them they refuse to judge", async () => {
    const policy = crossguard(rules, () => ({})).find(({ name }) => name === "uc-jur-001-provider-allowlist");
    expect(policy).toBeDefined();
    if (policy === undefined || !("validateResource" in policy) || typeof policy.validateResource !== "function")
      throw new Error("expected a resource policy");
    const { validateResource } = policy;
    const args = {
      type: "pulumi:providers:hcloud",
      name: "a",
      urn: "a",
      props: {},
      getConfig: () => ({}),
    } as unknown as Parameters<typeof validateResource>[0];
    expect(() => validateResource(args, () => undefined)).toThrow(
      /expected the policy "settings" to run first.*do not disable it/,
    );
  });

  test("no message holds the value of a secret", async () => {
    const text =
      "sip:user:hunter2@carrier.example.org;transport=udp https://user:hunter2@api.openai.com https://user:hunter2@sentry.io rtp_secure_media=optional";
    const answers = await Promise.all([
      new Pack(rules).ask({
        type: "kubernetes:core/v1:Secret",
        props: { stringData: secret({ a: text, "b hunter2": "server time.google.com" }) },
      }),
      new Pack(rules).ask({
        type: "command:local:Command",
        props: { create: secret(text), environment: secret({ PASSWORD: "hunter2" }) },
      }),
      new Pack(rules).ask({
        type: "pulumi:providers:minio",
        props: { minioServer: secret("https://hunter2:hunter2@s3.example.org") },
      }),
    ]);
    const messages = answers.flatMap(({ violations }) => violations.map(({ message }) => message));
    expect(messages.length).toBeGreaterThan(8);
    // The name of a key is not a secret.
    expect(messages.join("\n").replaceAll('"b hunter2"', "")).not.toContain("hunter2");
  });

  test("one unknown property neither hides a violation elsewhere nor makes it advisory", async () => {
    const { violations } = await new Pack(rules).ask({
      type: "hcloud:index/server:Server",
      provider: { type: "pulumi:providers:hcloud" },
      props: {
        name: unknownString,
        location: "ash",
        userData: "server time.google.com",
        firewallIds: [unknownString],
        publicNets: unknownString,
      },
    });
    expect(violations.map(({ policy, mandatory }) => [policy.slice(0, 10), mandatory])).toEqual([
      ["uc-reg-001", true],
      ["uc-net-002", true],
      // It only advises.
      ["uc-tag-001", false],
    ]);
  });

  test("a rule that does not apply, or cannot judge yet, does not count as passed", async () => {
    const { silent } = await new Pack(rules).ask({
      type: "random:index/randomId:RandomId",
      provider: { type: "pulumi:providers:random" },
      props: { byteLength: 8 },
    });
    expect(silent).toEqual(
      expect.arrayContaining([
        "settings",
        "uc-reg-001-location-allowlist-explicit",
        "uc-img-001-registry-jurisdiction",
      ]),
    );
    expect(silent).not.toContain("uc-jur-001-provider-allowlist");
  });

  test("every rule has a policy for the whole stack of its own, which judges it, or counts what a preview leaves open", () => {
    const names = crossguard(rules, () => ({})).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith("-stack"))).toEqual([
      "settings-stack",
      ...rules.map((rule) => `${policyName(rule)}-stack`),
    ]);
  });

  describe("read a resource once", () => {
    /** A pack of two rules, and the properties that they were given. */
    const watching = (): readonly [Pack, unknown[]] => {
      const seen: unknown[] = [];
      const two = rules.slice(0, 2).map((rule): Rule => ({
        ...rule,
        check: ({ properties }) => (seen.push(properties), []),
        checkStack: ([one]) => (seen.push(one?.properties), []),
      }));
      return [new Pack(two), seen];
    };
    const of = (a: string) => ({ type: "a:b:C", props: { a } });

    test("for all policies that judge it, and again when it is judged again", async () => {
      const [pack, seen] = watching();
      await pack.ask(of("first"));
      await pack.ask(of("second"));
      expect(seen).toEqual([{ a: "first" }, { a: "first" }, { a: "second" }, { a: "second" }]);
      expect(seen[0]).toBe(seen[1]);
      expect(seen[2]).toBe(seen[3]);
    });

    test("while others are judged", async () => {
      const [pack, seen] = watching();
      const names = Array.from({ length: 50 }, (_, i) => `name-${i}`);
      await Promise.all(names.map((name) => pack.ask({ ...of(name), name })));
      expect(seen.length).toBe(100);
      expect(new Set(seen).size).toBe(50);
    });

    test("of a stack, with its outputs, and again in the next operation", async () => {
      const [pack, seen] = watching();
      await pack.askStack([of("input")], [of("output")]);
      expect(seen.slice(2)).toEqual([{ a: "output" }, { a: "output" }]);
      expect(seen[2]).toBe(seen[3]);
      await pack.askStack([], [of("later")]);
      expect(seen.slice(4)).toEqual([{ a: "later" }, { a: "later" }]);
    });
  });

  describe("objects of a cluster that is still to be made", () => {
    const pod = (props: object) => ({
      type: "kubernetes:core/v1:Pod",
      props: { ...props },
      provider: { type: "pulumi:providers:kubernetes", name: "k", props: { kubeconfig: unknownString } },
    });
    const inputs = pod({ spec: { containers: [{ name: "web", image: "codeberg.org/team/web:1.2.3" }] } });
    const found = /images of codeberg\.org, whose signatures no policy of the cluster checks/;
    const signed = async (outputs: typeof inputs, options: object = {}, given = inputs): Promise<readonly string[]> => {
      const { violations } = await new Pack(rules, options).askStack([given], [outputs]);
      return violations.map(({ message }) => message).filter((message) => found.test(message));
    };

    test("are judged by their inputs in a preview, where the engine gives no property of them", async () => {
      expect(await signed(pod({}))).toHaveLength(1);
    });

    test("are judged by what the engine gives, where it gives something", async () => {
      expect(
        await signed(pod({ spec: { containers: [{ name: "web", image: "registry.crisis.example.ch/web" }] } })),
      ).toEqual([]);
    });

    test("have no property in an update, where the engine gives none", async () => {
      expect(await signed(pod({}), { preview: false })).toEqual([]);
    });

    test("that a plugin was asked about have no property, where it gives none", async () => {
      const known = { ...inputs, provider: { ...inputs.provider, props: { kubeconfig: "known" } } };
      expect(await signed({ ...known, props: {} } as typeof inputs, {}, known)).toEqual([]);
    });
  });
});
