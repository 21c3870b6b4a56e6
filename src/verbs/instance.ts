// `sidelite worker|proxy list|status|stop|logs|restart|reload`, `sidelite env`, `sidelite doctor`, and the daemon.
import { env } from "../commands/env.ts";
import { instanceList } from "../commands/instance-list.ts";
import { instanceStatus } from "../commands/instance-status.ts";
import { COMMON, PROXY } from "./shared-flags.ts";
import type { Flag, Verb } from "./verb.ts";

const JSON_FLAG: Flag = { spec: "--json", help: "print JSON" };
const NAMED: readonly Flag[] = [
  { spec: "--queue-id <id>", help: "the instance of this queue" },
  { spec: "--name <name>", help: "the instance of this name" },
];
const LOGS: readonly Flag[] = [
  { spec: "-f, --follow", help: "go on as it grows, until the instance ends" },
  { spec: "-n, --tail <lines>", help: "only the last ones" },
  { spec: "--since <time>", help: "only later ones: 10m, 2h, 3d or 2026-01-31T12:00:00Z" },
  { spec: "--level <level>", help: "only these and worse: debug, info, warning, error" },
];

type Group = "worker" | "proxy";

export const INSTANCE_VERBS: readonly Verb[] = [
  ...groupVerbs("worker", "worker"),
  ...groupVerbs("proxy", "proxy"),
  {
    name: "env",
    summary: 'print what points a shell at the instance: eval "$(sidelite env)"',
    flags: [
      { spec: "--client <names...>", help: "litellm openai anthropic azure google all none" },
      { spec: "--shell <shell>", help: "bash, zsh, fish, powershell, dotenv or json" },
      { spec: "--unset", help: "take it back" },
      ...NAMED,
      ...COMMON,
    ],
    args: "[name]",
    load: async () => env,
  },
  {
    name: "doctor",
    summary: "find out what is wrong and how to mend it",
    flags: [
      JSON_FLAG,
      { spec: "--fix", help: "mend what is safe to mend" },
      { spec: "--deep", help: "compare every installed file's hash" },
      ...PROXY,
      ...COMMON,
    ],
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
  {
    name: "__daemon",
    summary: "the process of --daemon",
    flags: [],
    args: "[name]",
    hidden: true,
    load: async () => (await import("../commands/daemon.ts")).daemon,
  },
];

function groupVerbs(group: Group, what: string): readonly Verb[] {
  const named = { flags: [...NAMED, ...COMMON], args: "[name]" };
  return [
    {
      name: `${group} list`,
      summary: `list the instances of this machine ${group === "worker" ? "with" : "without"} a worker`,
      flags: [JSON_FLAG, ...COMMON],
      load: async () => (input, context) => instanceList(group, input, context),
    },
    {
      ...named,
      name: `${group} status`,
      summary: "tell the state of an instance",
      flags: [
        JSON_FLAG,
        { spec: "--env", help: "also what sidelite set in the worker's environment" },
        ...named.flags,
      ],
      load: async () => (input, context) => instanceStatus(group, input, context),
    },
    {
      ...named,
      name: `${group} stop`,
      summary: "end an instance with all that belongs to it",
      flags: [
        { spec: "--all", help: "all of them" },
        { spec: "--force", help: "at once, without draining" },
        ...named.flags,
      ],
      load: async () => {
        const { instanceStop } = await import("../commands/instance-stop.ts");
        return (input, context) => instanceStop(group, input, context);
      },
    },
    {
      ...named,
      name: `${group} logs`,
      summary: `show ${group === "worker" ? "the worker's" : "LiteLLM's and the gateway's"} log`,
      flags: [...LOGS, ...named.flags],
      load: async () => {
        const { instanceLogs } = await import("../commands/instance-logs.ts");
        return (input, context) => instanceLogs(group, input, context);
      },
    },
    ...(["restart", "reload"] as const).map((action): Verb => ({
      ...named,
      name: `${group} ${action}`,
      summary:
        action === "restart"
          ? `start the ${what} anew, nothing else`
          : "apply a changed configuration",
      load: async () => {
        const { instanceOrder } = await import("../commands/instance-order.ts");
        return (input, context) => instanceOrder(group, action, input, context);
      },
    })),
  ];
}
