#!/usr/bin/env node
import { main } from "../dist/joined/main.js";

await main();
