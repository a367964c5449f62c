import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { collect, model, weather } from './support.mjs';

const client = new OpenAI();

const CalendarEvent = z.object({ name: z.string(), date: z.string(), participants: z.array(z.string()) });

test('the quick start of the SDK runs as it is', async () => {
  const completion = await client.chat.completions.create({
    model: 'gpt-5.2',
    messages: [
      { role: 'developer', content: 'Talk like a pirate.' },
      { role: 'user', content: 'Are semicolons optional in JavaScript?' },
    ],
  });
  assert.ok(completion.choices[0].message.content.length > 0);
});

test('a completion has the answer, the reasoning under both names, and usage', async () => {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'case: greeting' }] });
  const [choice] = completion.choices;
  assert.equal(completion.object, 'chat.completion');
  assert.equal(choice.finish_reason, 'stop');
  assert.equal(choice.message.role, 'assistant');
  assert.equal(choice.message.content, 'Hello, world!');
  assert.equal(choice.message.reasoning, 'The user greets me.');
  assert.equal(choice.message.reasoning_content, 'The user greets me.');
  assert.ok(completion.usage.completion_tokens_details.reasoning_tokens > 0);
  assert.equal(completion.usage.total_tokens, completion.usage.prompt_tokens + completion.usage.completion_tokens);
});

test('a raw stream adds up to the completion, the usage last', async () => {
  const chunks = await collect(
    await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'case: greeting' }],
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.equal(chunks.map((c) => c.choices[0]?.delta.content ?? '').join(''), 'Hello, world!');
  assert.equal(chunks.map((c) => c.choices[0]?.delta.reasoning ?? '').join(''), 'The user greets me.');
  assert.equal(chunks.map((c) => c.choices[0]?.delta.reasoning_content ?? '').join(''), 'The user greets me.');
  assert.deepEqual(chunks.map((c) => c.choices[0]?.finish_reason).filter(Boolean), ['stop']);
  assert.equal(new Set(chunks.map((c) => c.id)).size, 1);
  const last = chunks.at(-1);
  assert.deepEqual(last.choices, []);
  assert.ok(last.usage.completion_tokens > 0);
});

test('the stream helper gathers the completion', async () => {
  let shown = '';
  const stream = client.chat.completions.stream({ model, messages: [{ role: 'user', content: 'case: greeting' }] }).on('content', (delta) => (shown += delta));
  const completion = await stream.finalChatCompletion();
  assert.equal(shown, 'Hello, world!');
  assert.equal(completion.choices[0].message.content, 'Hello, world!');
  assert.equal(completion.choices[0].finish_reason, 'stop');
});

test('the stream helper gathers a call', async () => {
  const done = [];
  const stream = client.chat.completions
    .stream({
      model,
      messages: [{ role: 'user', content: 'case: weather' }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: weather, strict: true } }],
    })
    .on('tool_calls.function.arguments.done', (call) => done.push(call));
  const message = await stream.finalMessage();
  assert.ok(!message.content);
  assert.equal(message.tool_calls.length, 1);
  assert.equal(message.tool_calls[0].function.name, 'get_weather');
  assert.deepEqual(message.tool_calls[0].function.parsed_arguments, { city: 'Tokyo' });
  assert.equal(done.length, 1);
  assert.equal((await stream.finalChatCompletion()).choices[0].finish_reason, 'tool_calls');
});

for (const stream of [false, true]) {
  test(`runTools calls the function and comes to the answer, its reasoning kept though the client drops it${stream ? ', streaming' : ''}`, async () => {
    const asked = [];
    const runner = client.chat.completions.runTools({
      model,
      stream,
      messages: [{ role: 'user', content: 'case: weather' }],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'The weather of a city.',
            parameters: weather,
            parse: JSON.parse,
            function: (args) => {
              asked.push(args);
              return '17 degrees';
            },
          },
        },
      ],
    });
    assert.equal(await runner.finalContent(), 'It is 17 degrees in Tokyo.');
    assert.deepEqual(asked, [{ city: 'Tokyo' }]);
    assert.equal(runner.messages.filter((m) => m.role === 'tool').length, 1);
    assert.ok((await runner.totalUsage()).completion_tokens > 0 || stream);
  });
}

test('parse gives an object of the schema', async () => {
  const completion = await client.chat.completions.parse({
    model: 'gpt-4o-2024-08-06',
    messages: [
      { role: 'system', content: 'Extract the event information.' },
      { role: 'user', content: 'case: event. Alice and Bob are going to a science fair on Friday.' },
    ],
    response_format: zodResponseFormat(CalendarEvent, 'event'),
  });
  assert.deepEqual(completion.choices[0].message.parsed, { name: 'Science Fair', date: 'Friday', participants: ['Alice', 'Bob'] });
});

test('parse gives the arguments of a zod function', async () => {
  const Apples = z.object({ store: z.string(), fresh: z.boolean() });
  const completion = await client.chat.completions.parse({
    model,
    messages: [{ role: 'user', content: 'case: apples' }],
    tools: [zodFunction({ name: 'count_apples', parameters: Apples })],
  });
  assert.deepEqual(completion.choices[0].message.tool_calls[0].function.parsed_arguments, { store: 'Main Street', fresh: true });
});

test('a streamed completion is parsed too', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages: [{ role: 'user', content: 'case: event' }],
    response_format: zodResponseFormat(CalendarEvent, 'event'),
  });
  const completion = await stream.finalChatCompletion();
  assert.deepEqual(completion.choices[0].message.parsed.participants, ['Alice', 'Bob']);
});

test('the limit of tokens ends a completion with finish_reason length', async () => {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'case: long' }], max_completion_tokens: 16 });
  assert.equal(completion.choices[0].finish_reason, 'length');
  assert.equal(completion.usage.completion_tokens, 16);
});

test('a stop sequence ends the answer and is left out', async () => {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'case: count' }], stop: ['four', 'nine'] });
  assert.equal(completion.choices[0].message.content, 'One, two, three, ');
  assert.equal(completion.choices[0].finish_reason, 'stop');
});

test('several choices come with their indices', async () => {
  const chunks = await collect(await client.chat.completions.create({ model, n: 3, stream: true, messages: [{ role: 'user', content: 'case: greeting' }] }));
  for (const index of [0, 1, 2]) {
    const own = chunks.flatMap((c) => c.choices).filter((c) => c.index === index);
    assert.equal(own.map((c) => c.delta.content ?? '').join(''), 'Hello, world!');
    assert.equal(own.at(-1).finish_reason, 'stop');
  }
});

test('log-probabilities stand for the visible text', async () => {
  const completion = await client.chat.completions.create({ model, logprobs: true, top_logprobs: 2, messages: [{ role: 'user', content: 'case: greeting' }] });
  const { content } = completion.choices[0].logprobs;
  assert.equal(content.map((t) => t.token).join(''), 'Hello, world!');
  assert.equal(Buffer.from(content.flatMap((t) => t.bytes)).toString(), 'Hello, world!');
  assert.ok(content.every((t) => t.logprob <= 0 && t.top_logprobs.length >= 1));
});

test('an answer in a header that never closes is an answer', async () => {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'case: slip' }] });
  assert.match(completion.choices[0].message.content, /"mood":"good"/);
});

test('errors have the status, the code and the parameter of the API', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'llama-3', messages: [{ role: 'user', content: 'hi' }] }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    assert.match(error.requestID, /^req_/);
    return true;
  });
  await assert.rejects(client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }], temperature: 'warm' }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'temperature');
    assert.equal(error.type, 'invalid_request_error');
    return true;
  });
});

test('a stream that is given up ends', async () => {
  const stream = await client.chat.completions.create({ model, stream: true, messages: [{ role: 'user', content: 'case: slow' }] });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) break;
  }
  assert.ok(stream.controller.signal.aborted);
});

test('models are listed and found', async () => {
  const models = await collect(client.models.list());
  assert.ok(models.some((m) => m.id === model && m.object === 'model'));
  assert.equal((await client.models.retrieve(model)).id, model);
});

test('the old completions continue a prompt', async () => {
  const completion = await client.completions.create({ model, prompt: '<|start|>assistant', max_tokens: 8 });
  assert.equal(completion.object, 'text_completion');
  assert.ok(completion.choices[0].text.length > 0);
});
