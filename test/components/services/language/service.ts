import { givenBucket } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { Language, planLanguage } from "../../../../components/services/language";
import { languageImages } from "../../../../components/services/language/images";
import { upstream } from "../../../../components/services/language/upstream";
import { givenWord, type ServiceDescription } from "../described";

export const service: ServiceDescription = {
  upstream,
  component: "Language",
  otherwise: [languageImages.graphics.path],
  planned: (name) => {
    const plan = planLanguage({
      name,
      weights: { object: "mistral-7b-instruct-v0.3-q4_k_m.gguf", sha256: "5".repeat(64) },
      meetingHoursPerDay: 20,
      store: "https://objects.crisis.example.ch",
    });
    return {
      plan,
      make: (on) => {
        const language = new Language(name, {
          on,
          plan,
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
        const { url, model } = language.endpoint({ from: tier("minutes", "minutes-worker", { http: 8080 }) });
        return { url, model };
      },
    };
  },
};
