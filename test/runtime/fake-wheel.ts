// Makes small wheels: a zip without compression, with the metadata and RECORD that installers expect.
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";

export interface FakeWheel {
  readonly name: string;
  readonly version: string;
  /** `litellm-0.0.1-py3-none-any.whl` */
  readonly file: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export interface WheelContent {
  /** Path in the wheel -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Console scripts: name -> `module:function`. */
  readonly scripts?: Readonly<Record<string, string>>;
}

export function makeWheel(name: string, version: string, content: WheelContent): FakeWheel {
  const info = `${name.replaceAll("-", "_")}-${version}.dist-info`;
  const scripts = Object.entries(content.scripts ?? {}).map(
    ([script, target]) => `${script} = ${target}`,
  );
  const files: Record<string, string> = {
    ...content.files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]:
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ...(scripts.length > 0 && {
      [`${info}/entry_points.txt`]: `[console_scripts]\n${scripts.join("\n")}\n`,
    }),
  };
  const rows = Object.entries(files).map(([path, text]) => recordRow(path, text));
  files[`${info}/RECORD`] = [...rows, `${info}/RECORD,,`, ""].join("\n");
  const bytes = makeZip(Object.entries(files));
  const file = `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`;
  return { name, version, file, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** The same wheel with one byte of its contents changed, the zip's own checksum included. */
export function flipByte(wheel: FakeWheel, content: WheelContent): FakeWheel {
  const [path = "", text = ""] = Object.entries(content.files)[0] ?? [];
  const changed = { ...content, files: { ...content.files, [path]: `#${text.slice(1)}` } };
  return { ...makeWheel(wheel.name, wheel.version, changed), sha256: wheel.sha256 };
}

function recordRow(path: string, text: string): string {
  const digest = createHash("sha256").update(text).digest("base64url");
  const name = /[",]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
  return `${name},sha256=${digest},${Buffer.byteLength(text)}`;
}

const FILE_MODE = 0o100644;
const DEFLATE = 8;
/** 1980-01-01, the oldest that a zip can hold. */
const DATE = 0x0021;

function makeZip(files: readonly (readonly [string, string])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const name = Buffer.from(path);
    const raw = Buffer.from(text);
    const packed = deflateRawSync(raw);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt16LE(DEFLATE, 4);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(crc32(raw), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(raw.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(FILE_MODE * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), common, tail, name]));
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

/** node:zlib has it only from Node 20.15 on, the types from 22. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
