import { AdoptedPlatform, type AdoptedPlatformArgs } from "../../../../components/adopted-platform";
import { givenBucket, givenCache } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import {
  OpenVidu,
  type OpenViduArgs,
  type OpenViduPlanArgs,
  openViduServers,
  planOpenVidu,
} from "../../../../components/services/openvidu";
import { type Deployment, deploy } from "../../../support/mocks";
import { target } from "../../kubernetes/target";

export const domain = "rooms.crisis.example.ch";

export const cache = () =>
  givenCache({
    host: "rooms-cache.rooms-data.svc.cluster.local",
    port: 6379,
    password: givenSecret("secret of the cache"),
    ca: "-----BEGIN CERTIFICATE-----\ncache\n-----END CERTIFICATE-----\n",
    peer: tier("rooms-data", "rooms-cache-proxy", { data: 6379 }),
  });

/** A bucket outside, through a proxy. */
export const bucket = () =>
  givenBucket({
    endpoint: "https://store.example.ch",
    bucket: "recordings",
    region: "ch-gva-2",
    accessKey: givenSecret("secret of the bucket, 1"),
    secretKey: givenSecret("secret of the bucket, 2"),
    peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
    port: 3128,
  });

/** Arguments of an OpenVidu and of its plan, which can be changed, also against their type. */
export type Change = Partial<Record<keyof OpenViduArgs | keyof OpenViduPlanArgs | "called", unknown>>;

/** Resources of an OpenVidu for 200 people and of the platform under it. */
export const openvidu = (change: Change = {}, options: { readonly preview?: boolean } = {}): Promise<Deployment> =>
  deploy(
    () => {
      const {
        participants = 200,
        portals = ["citizens"],
        participantsPerHost,
        events,
        server,
        recorders,
        called,
        ...rest
      } = change;
      const plan = planOpenVidu({
        name: "rooms",
        domain,
        participants,
        portals,
        participantsPerHost,
        events,
        server,
        recorders,
      } as OpenViduPlanArgs);
      const platform = new AdoptedPlatform("crisis", { cluster: target(), plans: [plan] } as AdoptedPlatformArgs);
      const made = new OpenVidu(String(called ?? "rooms"), {
        on: platform,
        plan,
        cache: cache(),
        ...rest,
      } as OpenViduArgs);
      return { url: made.url, portals: made.portals, peers: openViduServers(platform, plan) };
    },
    { preview: options.preview ?? false },
  );
