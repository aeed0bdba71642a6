import { givenBucket, givenCache } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { OpenVidu, planOpenVidu } from "../../../../components/services/openvidu";
import { upstream } from "../../../../components/services/openvidu/upstream";
import { givenWord, type ServiceDescription } from "../described";

export const service: ServiceDescription = {
  upstream,
  component: "OpenVidu",
  planned: (name, domain) => {
    const events = { portal: "citizens", url: "https://portal.crisis.example.ch/rooms" };
    const recorders = { recordings: 2, bucket: "https://store.crisis.example.ch", longestMinutes: 60 };
    const plan = planOpenVidu({ name, domain, participants: 200, portals: ["citizens"], events, recorders });
    const cache = givenCache({
      host: `${name}-cache.${name}-data.svc.cluster.local`,
      port: 6379,
      password: givenSecret(`${givenWord} of the cache`),
      ca: "-----BEGIN CERTIFICATE-----\ncache\n-----END CERTIFICATE-----\n",
      peer: tier(`${name}-data`, `${name}-cache-proxy`, { data: 6379 }),
    });
    return {
      plan,
      make: (on) => {
        const { url } = new OpenVidu(name, {
          on,
          plan,
          cache,
          recording: {
            keepDays: 90,
            cache,
            bucket: givenBucket({
              endpoint: recorders.bucket,
              bucket: "recordings",
              region: "ch-gva-2",
              accessKey: givenSecret(`${givenWord} of the bucket, 1`),
              secretKey: givenSecret(`${givenWord} of the bucket, 2`),
              ca: "-----BEGIN CERTIFICATE-----\nbucket\n-----END CERTIFICATE-----\n",
              ...on.proxy,
            }),
          },
        });
        return { url };
      },
    };
  },
  // A file of relays for each media host.
  fileOf: (name) => name.replace(/^relays_.*$/, "relays.yaml"),
};
