import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { collect, model, weather } from './support.mjs';

const client = new OpenAI();

const CalendarEvent = z.object({ name: z.string(), date: z.string(), participants: z.array(z.string()) });
const tools = [{ type: 'function', name: 'get_weather', description: 'The weather of a city.', parameters: weather, strict: true }];

test('the quick start of the SDK runs as it is', async () => {
  const response = await client.responses.create({
    model: 'gpt-5.2',
    instructions: 'You are a coding assistant that talks like a pirate',
    input: 'Write a one-sentence bedtime story about a unicorn.',
  });
  assert.match(response.output_text, /unicorn/);
});

test('the streaming quick start of the SDK runs as it is', async () => {
  const stream = await client.responses.create({ model: 'gpt-5.2', input: "Say 'double bubble bath' ten times fast.", stream: true });
  const events = await collect(stream);
  assert.equal(events[0].type, 'response.created');
  assert.equal(events.at(-1).type, 'response.completed');
});

test('a response has reasoning and message items and usage', async () => {
  const response = await client.responses.create({ model, input: 'case: greeting' });
  assert.equal(response.object, 'response');
  assert.equal(response.status, 'completed');
  assert.equal(response.output_text, 'Hello, world!');
  assert.deepEqual(response.output.map((item) => item.type), ['reasoning', 'message']);
  assert.equal(response.output[0].content[0].type, 'reasoning_text');
  assert.equal(response.output[0].content[0].text, 'The user greets me.');
  assert.ok(Array.isArray(response.output[0].summary));
  assert.ok(response.usage.output_tokens_details.reasoning_tokens > 0);
  assert.equal(response.usage.total_tokens, response.usage.input_tokens + response.usage.output_tokens);
});

test('the events come in order, each with the next number', async () => {
  const events = await collect(await client.responses.create({ model, input: 'case: greeting', stream: true }));
  events.forEach((event, i) => assert.equal(event.sequence_number, i));
  const types = events.map((e) => e.type).filter((type, i, all) => type !== all[i - 1]);
  assert.deepEqual(types, [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.reasoning_text.delta',
    'response.reasoning_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  const text = events.filter((e) => e.type === 'response.output_text.delta');
  assert.equal(text.map((e) => e.delta).join(''), 'Hello, world!');
  assert.equal(events.at(-1).response.output[1].content[0].text, 'Hello, world!');
});

test('the stream helper gathers the response', async () => {
  let shown = '';
  const stream = client.responses.stream({ model, input: 'case: greeting' }).on('response.output_text.delta', (event) => {
    shown += event.delta;
    assert.equal(event.snapshot, shown);
  });
  const response = await stream.finalResponse();
  assert.equal(shown, 'Hello, world!');
  assert.equal(response.output_text, 'Hello, world!');
  assert.equal(response.status, 'completed');
});

test('a stored response is replayed from any event on', async () => {
  const all = await collect(client.responses.stream({ model, input: 'case: greeting' }));
  const id = all[0].response.id;
  const whole = client.responses.stream({ response_id: id });
  const replayed = await collect(whole);
  assert.deepEqual(replayed.map((e) => [e.sequence_number, e.type]), all.map((e) => [e.sequence_number, e.type]));

  const after = 6;
  const rest = client.responses.stream({ response_id: id, starting_after: after });
  const events = await collect(rest);
  assert.deepEqual(events.map((e) => e.sequence_number), all.slice(after + 1).map((e) => e.sequence_number));
  assert.equal((await rest.finalResponse()).output_text, 'Hello, world!');

  const raw = await collect(await client.responses.retrieve(id, { stream: true, starting_after: after }));
  assert.equal(raw[0].sequence_number, after + 1);
  assert.equal(raw.at(-1).type, 'response.completed');
});

test('parse gives an object of the schema', async () => {
  const response = await client.responses.parse({
    model: 'gpt-4o-2024-08-06',
    input: [
      { role: 'system', content: 'Extract the event information.' },
      { role: 'user', content: 'case: event. Alice and Bob are going to a science fair on Friday.' },
    ],
    text: { format: zodTextFormat(CalendarEvent, 'event') },
  });
  assert.deepEqual(response.output_parsed, { name: 'Science Fair', date: 'Friday', participants: ['Alice', 'Bob'] });
});

test('a streamed response is parsed too', async () => {
  const stream = client.responses.stream({ model, input: 'case: event', text: { format: zodTextFormat(CalendarEvent, 'event') } });
  assert.equal((await stream.finalResponse()).output_parsed.date, 'Friday');
});

test('parse gives the arguments of a zod function', async () => {
  const Apples = z.object({ store: z.string(), fresh: z.boolean() });
  const response = await client.responses.parse({ model, input: 'case: apples', tools: [zodResponsesFunction({ name: 'count_apples', parameters: Apples })] });
  const call = response.output.find((item) => item.type === 'function_call');
  assert.deepEqual(call.parsed_arguments, { store: 'Main Street', fresh: true });
});

test('a call is answered with its output, the items passed back as they came', async () => {
  const input = [{ role: 'user', content: 'case: weather' }];
  const first = await client.responses.create({ model, input, tools, store: false, include: ['reasoning.encrypted_content'] });
  const call = first.output.find((item) => item.type === 'function_call');
  assert.equal(call.name, 'get_weather');
  assert.deepEqual(JSON.parse(call.arguments), { city: 'Tokyo' });
  assert.ok(first.output[0].encrypted_content.length > 0);
  assert.ok(!first.output[0].encrypted_content.includes('weather'));

  const second = await client.responses.create({
    model,
    tools,
    store: false,
    input: [...input, ...first.output, { type: 'function_call_output', call_id: call.call_id, output: '17 degrees' }],
  });
  assert.equal(second.output_text, 'It is 17 degrees in Tokyo.');
});

test('sealed reasoning alone is enough', async () => {
  const input = [{ role: 'user', content: 'case: weather' }];
  const first = await client.responses.create({ model, input, tools, store: false, include: ['reasoning.encrypted_content'] });
  const [reasoning, call] = [first.output.find((item) => item.type === 'reasoning'), first.output.find((item) => item.type === 'function_call')];
  const second = await client.responses.create({
    model,
    tools,
    store: false,
    input: [
      ...input,
      { type: 'reasoning', id: reasoning.id, summary: [], encrypted_content: reasoning.encrypted_content },
      call,
      { type: 'function_call_output', call_id: call.call_id, output: [{ type: 'input_text', text: '17 degrees' }] },
    ],
  });
  assert.equal(second.output_text, 'It is 17 degrees in Tokyo.');
});

test('previous_response_id goes on where the last response ended, streaming', async () => {
  const first = await client.responses.stream({ model, input: 'case: weather', tools }).finalResponse();
  const call = first.output.find((item) => item.type === 'function_call');
  const events = await collect(
    client.responses.stream({
      model,
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: '17 degrees' }],
    }),
  );
  const { response } = events.at(-1);
  assert.equal(response.previous_response_id, first.id);
  assert.equal(response.output.at(-1).content[0].text, 'It is 17 degrees in Tokyo.');
});

test('the arguments of a call are streamed, and done with their name', async () => {
  const events = await collect(client.responses.stream({ model, input: 'case: weather', tools }));
  const deltas = events.filter((e) => e.type === 'response.function_call_arguments.delta');
  const done = events.find((e) => e.type === 'response.function_call_arguments.done');
  assert.equal(deltas.map((e) => e.delta).join(''), done.arguments);
  assert.deepEqual(JSON.parse(done.arguments), { city: 'Tokyo' });
  assert.equal(done.name, 'get_weather');
});

test('a preamble is a message before the call', async () => {
  const response = await client.responses.create({
    model,
    input: 'case: harbour',
    tools: [{ type: 'function', name: 'find_place', parameters: { type: 'object', properties: { name: { type: 'string' } } }, strict: false }],
  });
  assert.deepEqual(response.output.map((item) => item.type), ['reasoning', 'message', 'function_call']);
  assert.equal(response.output[1].content[0].text, 'Let me look where the harbour is.');
});

test('a custom tool gets text', async () => {
  const custom = [{ type: 'custom', name: 'run_program', description: 'Runs a program.' }];
  const events = await collect(client.responses.stream({ model, input: 'case: program', tools: custom }));
  const { response } = events.at(-1);
  const call = response.output.find((item) => item.type === 'custom_tool_call');
  assert.equal(call.name, 'run_program');
  assert.equal(call.input, 'print("hello")');
  assert.equal(events.filter((e) => e.type === 'response.custom_tool_call_input.delta').map((e) => e.delta).join(''), call.input);
});

test('a limit of tokens leaves the response incomplete', async () => {
  const response = await client.responses.create({ model, input: 'case: long', max_output_tokens: 16 });
  assert.equal(response.status, 'incomplete');
  assert.equal(response.incomplete_details.reason, 'max_output_tokens');
  const events = await collect(await client.responses.create({ model, input: 'case: long', max_output_tokens: 16, stream: true }));
  assert.equal(events.at(-1).type, 'response.incomplete');
});

test('log-probabilities come where they are asked for', async () => {
  const response = await client.responses.create({ model, input: 'case: greeting', include: ['message.output_text.logprobs'], top_logprobs: 1 });
  const { logprobs } = response.output.at(-1).content[0];
  assert.equal(logprobs.map((t) => t.token).join(''), 'Hello, world!');
});

test('a response is kept, listed and deleted', async () => {
  const { id } = await client.responses.create({ model, input: 'case: greeting', metadata: { topic: 'demo' } });
  const kept = await client.responses.retrieve(id);
  assert.equal(kept.output_text, 'Hello, world!');
  assert.deepEqual(kept.metadata, { topic: 'demo' });
  const items = await collect(client.responses.inputItems.list(id));
  assert.equal(items.length, 1);
  assert.equal(items[0].content[0].text, 'case: greeting');
  await client.responses.delete(id);
  await assert.rejects(client.responses.retrieve(id), OpenAI.NotFoundError);
});

test('a response that is not stored is not found', async () => {
  const { id } = await client.responses.create({ model, input: 'case: greeting', store: false });
  await assert.rejects(client.responses.retrieve(id), OpenAI.NotFoundError);
});

test('a response in the background is polled until it is done', async () => {
  let response = await client.responses.create({ model, input: 'case: greeting', background: true });
  assert.ok(['queued', 'in_progress', 'completed'].includes(response.status));
  while (response.status === 'queued' || response.status === 'in_progress') {
    await wait(5);
    response = await client.responses.retrieve(response.id);
  }
  assert.equal(response.status, 'completed');
  assert.equal(response.output_text, 'Hello, world!');
});

test('a response in the background is cancelled', async () => {
  const { id } = await client.responses.create({ model, input: 'case: slow', background: true });
  const cancelled = await client.responses.cancel(id);
  assert.equal(cancelled.status, 'cancelled');
  assert.equal((await client.responses.retrieve(id)).status, 'cancelled');
});

test('a streamed background response can be left and joined again', async () => {
  const stream = await client.responses.create({ model, input: 'case: slow', background: true, stream: true });
  let id, last;
  for await (const event of stream) {
    id ??= event.response?.id;
    last = event.sequence_number;
    if (event.type === 'response.output_text.delta') break;
  }
  const rest = await collect(await client.responses.retrieve(id, { stream: true, starting_after: last }));
  assert.equal(rest[0].sequence_number, last + 1);
  assert.equal(rest.at(-1).type, 'response.completed');
});

test('input tokens are counted as the prompt has them', async () => {
  const { input_tokens } = await client.responses.inputTokens.count({ model, input: 'case: greeting' });
  const response = await client.responses.create({ model, input: 'case: greeting' });
  assert.equal(input_tokens, response.usage.input_tokens);
});

test('tools and items of unknown types are skipped', async () => {
  const response = await client.responses.create({
    model,
    input: [{ type: 'hologram', data: 'x' }, { role: 'user', content: 'case: greeting' }],
    tools: [{ type: 'hologram_generator' }, { type: 'local_shell' }, ...tools],
  });
  assert.equal(response.output_text, 'Hello, world!');
});

test('errors have the status, the code and the parameter of the API', async () => {
  await assert.rejects(client.responses.create({ model: 'llama-3', input: 'hi' }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(client.responses.create({ model, input: 'hi', previous_response_id: 'resp_nothing' }), (error) => {
    assert.ok(error.status === 400 || error.status === 404);
    assert.equal(error.param, 'previous_response_id');
    return true;
  });
});
