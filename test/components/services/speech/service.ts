import { givenBucket } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { planSpeech, Speech } from "../../../../components/services/speech";
import { upstream } from "../../../../components/services/speech/upstream";
import { givenWord, type ServiceDescription } from "../described";

export const service: ServiceDescription = {
  upstream,
  component: "Speech",
  planned: (name) => {
    const plan = planSpeech({
      name,
      weights: { folder: "whisper-small", sha256: "5".repeat(64) },
      audioHoursPerDay: 20,
      store: "https://objects.crisis.example.ch",
      captions: {
        models: {
          de: { folder: "vosk/de", sha256: "6".repeat(64) },
          fr: { folder: "vosk/fr", sha256: "7".repeat(64) },
        },
        streams: 30,
      },
    });
    return {
      plan,
      make: (on) => {
        const speech = new Speech(name, {
          on,
          plan,
          image: { path: "speech/library/python", upstream: "registry.example.ch/speech", version: "1.2.1-1" },
          models: givenBucket({
            endpoint: "https://objects.crisis.example.ch",
            bucket: "models",
            region: "ch-dk-2",
            accessKey: givenSecret(`${givenWord} of the bucket`),
            secretKey: givenSecret(`${givenWord} of the bucket, too`),
            port: 3128,
            peer: { name: "gateways", ranges: ["10.20.0.2/32"] },
            ca: "-----BEGIN CERTIFICATE-----\nobjects\n-----END CERTIFICATE-----\n",
          }),
        });
        const { url, model } = speech.endpoint({ from: tier("minutes", "minutes-worker", { http: 8080 }) });
        const along = speech.captions({ from: tier("meet", "meet-scribe", { http: 8080 }) });
        return { url, model, along: along.url };
      },
    };
  },
};
