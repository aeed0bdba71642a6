import { invitation, Jitsi, jitsiWidget, planJitsi } from "../../../../components/services/jitsi";
import type { Peak } from "../../../../components/services/jitsi";
import { AdoptedPlatform } from "../../../../components/adopted-platform";
import { floorTable } from "../../../../components/services/jitsi/scaling";
import { type Deployment, deploy } from "../../../support/mocks";
import { kubernetesPrograms, startKubernetes } from "../../../support/programs/kubernetes";
import { describeWith } from "../../../support/programs/programs";
import { manifests, object, target } from "../../kubernetes/target";
import { domain, jitsi } from "./support";

const monday: Peak = { days: ["mon"], from: "07:30", to: "10:00", participants: 200 };

/** A Jitsi for 100 people with peaks, on five media hosts unless told otherwise. */
const scaled = (peaks: readonly unknown[], change: object = {}, hosts = 5): Promise<Deployment> =>
  deploy(() => {
    const { mediaPools } = target();
    const [first] = mediaPools["media"] ?? [];
    if (first === undefined) throw new Error("expected a media host, got none");
    const media = Array.from({ length: hosts }, (_, i) => ({
      ...first,
      name: `crisis-media-${i + 1}`,
      address: `10.20.0.${40 + i}`,
    }));
    const plan = planJitsi({ name: "meet", domain, participants: 100, peaks: peaks as readonly Peak[] });
    const platform = new AdoptedPlatform("crisis", { cluster: target({ mediaPools: { media } }), plans: [plan] });
    new Jitsi("meet", { on: platform, plan, ...change });
  });

interface Autoscaler {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics?: unknown;
  readonly behavior: { readonly scaleDown: object };
}
const autoscaler = (made: Deployment): Autoscaler =>
  object(made.resources, "HorizontalPodAutoscaler", "meet-bridge")["spec"] as Autoscaler;

describe("bridges with peaks", () => {
  test("have hosts, shards and relays for the greatest peak, and bridges for the other times with one more", () => {
    const quiet = planJitsi({ name: "meet", domain, participants: 100 });
    const busy = planJitsi({
      name: "meet",
      domain,
      participants: 100,
      peaks: [monday, { ...monday, participants: 900 }],
    });
    expect([quiet.bridges, quiet.most]).toEqual([{ least: 2, most: 2, floors: [] }, 100]);
    expect([busy.bridges.least, busy.bridges.most, busy.most]).toEqual([2, 10, 900]);
    expect([quiet.sizes.shards, busy.sizes.shards]).toEqual([2, 3]);
    expect(busy.media?.["bridge"]?.capacity.load).toBe(900);
  });

  test("start a quarter of an hour early, on the day before where that is then", () => {
    const plan = planJitsi({
      name: "meet",
      domain,
      participants: 100,
      peaks: [monday, { days: ["mon", "tue"], from: "00:05", to: "24:00", participants: 300 }],
    });
    expect(floorTable(plan.bridges)).toBe(
      ["1 435 600 3", "7 1430 1440 4", "1 0 1440 4", "1 1430 1440 4", "2 0 1440 4", ""].join("\n"),
    );
  });

  test("are as many as the clock says, and never fewer than at other times", async () => {
    const made = await scaled([monday]);
    expect(autoscaler(made)).toMatchObject({ minReplicas: 2, maxReplicas: 2 });
    expect(autoscaler(made).metrics).toBeUndefined();
    const { initContainers, containers } = (
      object(made.resources, "CronJob", "meet-bridge-floor") as unknown as {
        spec: { jobTemplate: { spec: { template: { spec: Record<string, readonly [Record<string, unknown>]> } } } };
      }
    ).spec.jobTemplate.spec.template.spec;
    expect(initContainers?.[0]["env"]).toEqual([
      { name: "AT_LEAST", value: "2" },
      { name: "AT_MOST", value: "3" },
      { name: "FOLLOW_LOAD", value: "false" },
    ]);
    expect(containers?.[0]["args"]).toEqual([
      ...["patch", "horizontalpodautoscaler", "meet-bridge", "--namespace=meet-media"],
      ...["--type=merge", "--patch-file=/results/patch.json"],
    ]);
    for (const [type, ignored] of [
      ["kubernetes:apps/v1:Deployment", ["spec.replicas"]],
      ["kubernetes:autoscaling/v2:HorizontalPodAutoscaler", ["spec.minReplicas", "spec.maxReplicas"]],
    ] as const)
      expect(made.resources.find((one) => one.type === type && one.name === "meet-bridge")?.opts.ignoreChanges).toEqual(
        ignored,
      );
  });

  test("follow their stress up to one on each media host, and leave one at a time after they were drained", async () => {
    const made = await scaled([], { followStress: "own" });
    expect(autoscaler(made)).toMatchObject({
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [{ resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }],
      behavior: { scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 600 }] } },
    });
    expect(manifests(made.resources).filter(({ kind }) => kind === "CronJob")).toEqual([]);
  });

  test("have none of this unless it is asked for", async () => {
    const made = await jitsi();
    expect(manifests(made.resources).filter(({ kind }) => kind === "HorizontalPodAutoscaler")).toEqual([]);
  });

  test.each<[string, readonly unknown[], object, number, RegExp]>([
    ["no hosts to grow into", [], { followStress: "own" }, 2, /more than 2 media hosts .*got 2.*private hosts only/],
    ["what measures nothing", [], { followStress: true }, 5, /followStress: expected new ResourceMetrics/],
    ["a peak that ends before it begins", [{ ...monday, to: "07:00" }], {}, 5, /to: expected a time after 07:30/],
    ["a peak of fewer people", [{ ...monday, participants: 80 }], {}, 5, /more than the 100 participants/],
    ["a day that is none", [{ ...monday, days: ["monday"] }], {}, 5, /days out of mon, tue/],
    ["a time that is none", [{ ...monday, from: "24:30" }], {}, 5, /a time of the day in UTC/],
    ["fewer hosts than the peak needs", [{ ...monday, participants: 900 }], {}, 5, /at least 10 media hosts/],
  ])("refuse %s", async (_, peaks, change, hosts, message) => {
    await expect(scaled(peaks, change, hosts)).rejects.toThrow(message);
  });
});

describeWith(kubernetesPrograms, "the bridges' autoscaler and schedule on a real API server", () => {
  test("are accepted without a warning, and the schedule may change the bounds of this autoscaler only", async () => {
    const made = await scaled([monday], { followStress: "own" });
    const kubernetes = await startKubernetes();
    try {
      const applied = await kubernetes.apply(manifests(made.resources));
      expect(applied.filter(({ refusal, warnings }) => refusal !== undefined || warnings.length > 0)).toEqual([]);
      const may = async (verb: string, resource: string, name: string, group = "autoscaling"): Promise<boolean> => {
        const { body } = await kubernetes.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: "system:serviceaccount:meet:meet-bridge-floor",
            resourceAttributes: { verb, group, resource, name, namespace: "meet-media" },
          },
        });
        return (body as { readonly status: { readonly allowed: boolean } }).status.allowed;
      };
      expect(await may("patch", "horizontalpodautoscalers", "meet-bridge")).toBe(true);
      expect(await may("patch", "horizontalpodautoscalers", "another")).toBe(false);
      expect(await may("delete", "horizontalpodautoscalers", "meet-bridge")).toBe(false);
      expect(await may("patch", "deployments", "meet-bridge", "apps")).toBe(false);
    } finally {
      await kubernetes.stop();
    }
  }, 180_000);
});

describe("values for other services", () => {
  test("name this deployment and no other, and lead to no app store", () => {
    expect(jitsiWidget({ domain })).toEqual({
      domain,
      element: { jitsi: { preferred_domain: domain } },
      wellKnown: {
        "io.element.jitsi": { preferredDomain: domain },
        "im.vector.riot.jitsi": { preferredDomain: domain },
      },
      nextcloud: {
        app: "jitsi",
        settings: {
          jitsi_server_url: `https://${domain}/`,
          help_link: `https://${domain}/`,
          display_join_using_the_jitsi_app: "0",
        },
      },
    });
  });

  test("let the pages show a room that the plan names, and nobody else", () => {
    const policy = (embeddedBy: readonly string[]): string | undefined => {
      const [route] = planJitsi({ name: "meet", domain, participants: 20, embeddedBy }).routes;
      const headers = route?.kind === "web" ? route.headers : {};
      return /frame-ancestors [^;]*/.exec(headers?.["Content-Security-Policy"] ?? "")?.[0];
    };
    expect(policy([])).toBe("frame-ancestors 'self'");
    expect(policy(["chat.example.ch"])).toBe("frame-ancestors 'self' https://chat.example.ch");
    expect(() => policy(["*"])).toThrow(/embeddedBy\[0\]|embeddedBy: /);
  });

  test("invite to a room by its address, in lines that a calendar reads, and to no number", () => {
    const { url, text, calendar } = invitation({ domain }, "Lage 7, Süd");
    expect(url).toBe(`https://${domain}/Lage%207%2C%20S%C3%BCd`);
    expect(text).toContain(`${url}\n`);
    const lines = calendar.split("\r\n");
    expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
    expect(calendar.replaceAll("\r\n ", "").split("\r\n")).toEqual([
      `CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Join in a browser:${url}`,
      `LOCATION:${url}`,
      `URL:${url}`,
    ]);
    for (const room of ["", "a/b", "a?b", "a\nb", " a"])
      expect(() => invitation({ domain }, room)).toThrow(/expected a room/);
  });
});
