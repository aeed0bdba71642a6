import { program } from "./blueprints";

export = program();
