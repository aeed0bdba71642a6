import { goesUp } from "../goes-up";

describe("hearing-hetzner", () =>
  goesUp({ stack: "hearing-hetzner", hosts: ["hcloud", "Server"], volumes: ["control"], persistent: 0, kept: [] }));
