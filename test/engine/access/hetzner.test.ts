import { stopsBeforeAHost } from "./life";

describe("doors closed to administrators on hetzner", () => stopsBeforeAHost("hetzner"));
