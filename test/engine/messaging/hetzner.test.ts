import { goesUp } from "./up";

describe("messaging-hetzner", () => goesUp("messaging-hetzner", ["hcloud", "Server"]));
