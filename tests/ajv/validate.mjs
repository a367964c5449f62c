// Judges JSON documents by JSON Schemas with ajv. A line in: {"id","schema","documents":["<json text>",…]};
// a line out, in order: {"id","results":[true|false,…]}, or {"id","error":"…"} where ajv refuses the schema.
import { createRequire } from "node:module";
import Ajv from "ajv";
import Ajv2019 from "ajv/dist/2019.js";
import Ajv2020 from "ajv/dist/2020.js";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";

const draft06 = createRequire(import.meta.url)("ajv/dist/refs/json-schema-draft-06.json");

const options = {
  strict: false,
  allErrors: true, // with the first error only, a missing "" goes unnoticed
  logger: false,
  ownProperties: true, // "constructor" is required as any other name is, though every object inherits it
};

const dialects = {
  "http://json-schema.org/draft-04/schema": () => new AjvDraft04.default({ ...options, ignoreKeywordsWithRef: true }),
  "http://json-schema.org/draft-06/schema": () => new Ajv.default({ ...options, ignoreKeywordsWithRef: true }).addMetaSchema(draft06),
  "http://json-schema.org/draft-07/schema": () => new Ajv.default({ ...options, ignoreKeywordsWithRef: true }),
  "https://json-schema.org/draft/2019-09/schema": () => new Ajv2019.default(options),
  "https://json-schema.org/draft/2020-12/schema": () => new Ajv2020.default(options),
};

// Whether a number is a multiple as decimals are: 19.99 is one of 0.01, which the doubles' quotient denies.
function isMultiple(divisor, value) {
  if (!Number.isFinite(value))
    return true;
  const [a, b] = [decimal(value), decimal(divisor)];
  const scale = Math.max(a.scale, b.scale);
  return (a.digits * 10n ** BigInt(scale - a.scale)) % (b.digits * 10n ** BigInt(scale - b.scale)) === 0n;
}

function decimal(number) {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number));
  const digits = BigInt(sign + whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function create(dialect) {
  const ajv = dialects[dialect]();
  addFormats.default(ajv, { mode: "full" });
  ajv.removeKeyword("multipleOf");
  ajv.addKeyword({ keyword: "multipleOf", type: "number", schemaType: "number", validate: isMultiple });
  return ajv;
}

const shared = new Map();

function validator(schema, text) {
  const named = typeof schema?.$schema === "string" ? schema.$schema.replace(/#$/, "") : "";
  const dialect = Object.hasOwn(dialects, named) ? named : "https://json-schema.org/draft/2020-12/schema";
  // What has a name of its own stays known to an instance, and would clash there with its namesakes.
  if (/"(\$?id|\$(dynamic|recursive)?[aA]nchor)"/.test(text))
    return create(dialect).compile(schema);
  if (!shared.has(dialect))
    shared.set(dialect, create(dialect));
  const validate = shared.get(dialect).compile(schema);
  if (typeof schema === "object")
    shared.get(dialect).removeSchema(schema);
  return validate;
}

function answer(line) {
  const { id, schema, documents } = JSON.parse(line);
  try {
    const validate = validator(schema, JSON.stringify(schema));
    return { id, results: documents.map(document => validate(JSON.parse(document)) === true) };
  } catch (error) {
    return { id, error: String(error.message) };
  }
}

// By hand, since readline also breaks at U+2028, which a JSON string may hold.
process.stdin.setEncoding("utf8");
let rest = "";
for await (const chunk of process.stdin) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines)
    if (line.length > 0)
      process.stdout.write(JSON.stringify(answer(line)) + "\n");
}
if (rest.length > 0)
  process.stdout.write(JSON.stringify(answer(rest)) + "\n");
