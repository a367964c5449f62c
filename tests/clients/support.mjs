// What all files share. The server plays script.jsonl: `chorale serve --script tests/clients/script.jsonl --name gpt-oss-test`, its address in OPENAI_BASE_URL.
export const baseURL = process.env.OPENAI_BASE_URL ??= 'http://127.0.0.1:8080/v1';
export const apiKey = process.env.OPENAI_API_KEY ??= 'not-needed';

export const model = 'gpt-oss-test';

export const weather = {
  type: 'object',
  properties: { city: { type: 'string', description: 'The city.' } },
  required: ['city'],
  additionalProperties: false,
};

/** All items of an asynchronous iterable. */
export async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}
