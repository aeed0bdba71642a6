import { Minutes, planMinutes } from "../../../../components/services/minutes";
import { upstream } from "../../../../components/services/minutes/upstream";
import { givenWord, type ServiceDescription } from "../described";
import { minutesArgs, recordingsStore } from "./given";

export const service: ServiceDescription = {
  upstream,
  component: "Minutes",
  planned: (name) => {
    const plan = planMinutes({
      name,
      program: { url: "https://artefacts.crisis.example.ch/minutes/worker.cjs", sha256: "5".repeat(64) },
      meetingHoursPerDay: 20,
      unrecordedDays: 60,
      outside: [recordingsStore],
    });
    return {
      plan,
      make: (on) => {
        new Minutes(name, minutesArgs(on, plan, givenWord));
        return {};
      },
    };
  },
};
