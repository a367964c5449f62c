import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, Output, ToolLoopAgent, generateObject, generateText, isStepCount, jsonSchema, streamObject, streamText, tool } from 'ai';
import { z } from 'zod';
import { apiKey, baseURL, collect, model } from './support.mjs';

const compatible = createOpenAICompatible({ name: 'chorale', baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true });
const openai = createOpenAI({ baseURL, apiKey });

const Event = z.object({ name: z.string(), date: z.string(), participants: z.array(z.string()) });

function weatherTools(asked) {
  return {
    get_weather: tool({
      description: 'The weather of a city.',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        asked.push(city);
        return city === 'Osaka' ? '21 degrees' : '17 degrees';
      },
    }),
    find_place: tool({
      description: 'Where a place lies.',
      inputSchema: z.object({ name: z.string() }),
      execute: async ({ name }) => {
        asked.push(name);
        return { place: 'Osaka' };
      },
    }),
  };
}

for (const [provider, over, reasons] of [
  ['openai-compatible', compatible(model), true],
  ['openai, chat', openai.chat(model), false],
  ['openai, responses', openai.responses(model), false],
]) {
  test(`${provider}: generateText`, async () => {
    const { text, finalStep, usage, finishReason } = await generateText({ model: over, prompt: 'case: greeting' });
    assert.equal(text, 'Hello, world!');
    assert.equal(finishReason, 'stop');
    assert.ok(usage.outputTokens > 0);
    assert.ok(usage.outputTokenDetails.reasoningTokens > 0);
    if (reasons) assert.equal(finalStep.reasoningText, 'The user greets me.');
  });

  test(`${provider}: streamText`, async () => {
    const result = streamText({ model: over, prompt: 'case: greeting' });
    const parts = await collect(result.fullStream);
    assert.deepEqual(parts.filter((p) => p.type === 'error'), []);
    assert.equal(parts.filter((p) => p.type === 'text-delta').map((p) => p.text).join(''), 'Hello, world!');
    if (reasons) assert.equal(parts.filter((p) => p.type === 'reasoning-delta').map((p) => p.text).join(''), 'The user greets me.');
    assert.equal(parts.at(-1).type, 'finish');
    assert.ok((await result.totalUsage).outputTokens > 0);
  });

  test(`${provider}: generateText runs the tools to the end`, async () => {
    const asked = [];
    const { text, steps } = await generateText({ model: over, tools: weatherTools(asked), stopWhen: isStepCount(5), prompt: 'case: harbour' });
    assert.equal(text, 'The harbour lies in Osaka, at 21 degrees.');
    assert.deepEqual(asked, ['harbour', 'Osaka']);
    assert.equal(steps.length, 3);
    assert.equal(steps[0].text, 'Let me look where the harbour is.');
    assert.equal(steps[0].finishReason, 'tool-calls');
  });

  test(`${provider}: streamText runs the tools to the end`, async () => {
    const asked = [];
    const result = streamText({ model: over, tools: weatherTools(asked), stopWhen: isStepCount(5), prompt: 'case: weather' });
    const parts = await collect(result.fullStream);
    assert.deepEqual(parts.filter((p) => p.type === 'error'), []);
    assert.equal(await result.text, 'It is 17 degrees in Tokyo.');
    assert.deepEqual(asked, ['Tokyo']);
    assert.ok(parts.some((p) => p.type === 'tool-input-start' && p.toolName === 'get_weather'));
    assert.deepEqual(parts.find((p) => p.type === 'tool-call').input, { city: 'Tokyo' });
  });

  test(`${provider}: a conversation is passed back as the SDK keeps it`, async () => {
    const asked = [];
    const tools = weatherTools(asked);
    const first = await generateText({ model: over, tools, stopWhen: isStepCount(5), prompt: 'case: weather' });
    const second = await generateText({
      model: over,
      tools,
      messages: [{ role: 'user', content: 'case: weather' }, ...first.responseMessages, { role: 'user', content: 'Thank you.' }],
    });
    assert.ok(second.text.length > 0);
  });

  test(`${provider}: generateObject`, async () => {
    const { object } = await generateObject({ model: over, schema: Event, prompt: 'case: event' });
    assert.deepEqual(object, { name: 'Science Fair', date: 'Friday', participants: ['Alice', 'Bob'] });
  });

  test(`${provider}: streamObject`, async () => {
    const result = streamObject({ model: over, schema: Event, prompt: 'case: event' });
    assert.ok((await collect(result.partialObjectStream)).length > 0);
    assert.equal((await result.object).name, 'Science Fair');
  });

  test(`${provider}: generateText with an object as its output`, async () => {
    const { output } = await generateText({ model: over, output: Output.object({ schema: Event }), prompt: 'case: event' });
    assert.equal(output.date, 'Friday');
  });

  test(`${provider}: an object of any schema`, async () => {
    const { object } = await generateObject({ model: over, output: 'no-schema', prompt: 'case: event as JSON' });
    assert.equal(object.date, 'Friday');
  });

  test(`${provider}: an agent loops by itself`, async () => {
    const asked = [];
    const agent = new ToolLoopAgent({ model: over, instructions: 'You help travellers.', tools: weatherTools(asked) });
    const { text } = await agent.generate({ prompt: 'case: harbour' });
    assert.equal(text, 'The harbour lies in Osaka, at 21 degrees.');
  });

  test(`${provider}: a tool that the program runs itself`, async () => {
    const { toolCalls, finishReason } = await generateText({
      model: over,
      prompt: 'case: apples',
      tools: { count_apples: tool({ inputSchema: jsonSchema({ type: 'object', properties: { store: { type: 'string' }, fresh: { type: 'boolean' } }, required: ['store', 'fresh'], additionalProperties: false }) }) },
      toolChoice: 'required',
    });
    assert.equal(finishReason, 'tool-calls');
    assert.deepEqual(toolCalls[0].input, { store: 'Main Street', fresh: true });
  });

  test(`${provider}: the limit of tokens`, async () => {
    const { finishReason } = await generateText({ model: over, prompt: 'case: long', maxOutputTokens: 16 });
    assert.equal(finishReason, 'length');
  });

  test(`${provider}: an unknown model is an APICallError with the server's message`, async () => {
    const unknown = provider === 'openai-compatible' ? compatible('llama-3') : provider === 'openai, chat' ? openai.chat('llama-3') : openai.responses('llama-3');
    await assert.rejects(generateText({ model: unknown, prompt: 'hi', maxRetries: 0 }), (error) => {
      assert.ok(APICallError.isInstance(error));
      assert.equal(error.statusCode, 404);
      assert.match(error.message, /llama-3/);
      return true;
    });
  });
}

test('openai, responses: the quick start runs as it is', async () => {
  const { text } = await generateText({ model: openai('gpt-5'), prompt: 'Write a vegetarian lasagna recipe for 4 people.' });
  assert.ok(text.length > 0);
});

test('openai, responses: a summary of the reasoning where it is asked for', async () => {
  const { finalStep, text } = await generateText({
    model: openai.responses(model),
    prompt: 'case: greeting',
    providerOptions: { openai: { reasoningSummary: 'auto', forceReasoning: true } },
  });
  assert.equal(text, 'Hello, world!');
  assert.equal(finalStep.reasoningText, 'The user greets me.');
});

test('openai-compatible: completions continue a prompt', async () => {
  const { text } = await generateText({ model: compatible.completionModel(model), prompt: 'Once', maxOutputTokens: 8 });
  assert.ok(text.length > 0);
});
