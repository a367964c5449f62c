import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, run, setDefaultOpenAIClient, setOpenAIAPI, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { collect, model } from './support.mjs';

setTracingDisabled(true);
const client = new OpenAI();

function agentOf(over, settings) {
  const asked = [];
  const getWeather = tool({
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      asked.push(city);
      return city === 'Osaka' ? '21 degrees' : '17 degrees';
    },
  });
  const findPlace = tool({
    name: 'find_place',
    description: 'Where a place lies.',
    parameters: z.object({ name: z.string() }),
    execute: async ({ name }) => {
      asked.push(name);
      return { place: 'Osaka' };
    },
  });
  return { asked, agent: new Agent({ name: 'Guide', instructions: 'You help travellers.', model: over, tools: [getWeather, findPlace], ...settings }) };
}

for (const [api, over] of [
  ['Chat Completions', new OpenAIChatCompletionsModel(client, model)],
  ['Responses', new OpenAIResponsesModel(client, model)],
]) {
  test(`${api}: an agent answers`, async () => {
    const { agent } = agentOf(over);
    const result = await run(agent, 'case: greeting');
    assert.equal(result.finalOutput, 'Hello, world!');
    assert.ok(result.newItems.some((item) => item.type === 'reasoning_item'));
    assert.ok(result.state.usage.outputTokens > 0);
  });

  test(`${api}: an agent runs its tools, one after the other, and its reasoning goes with them`, async () => {
    const { agent, asked } = agentOf(over);
    const result = await run(agent, 'case: harbour');
    assert.equal(result.finalOutput, 'The harbour lies in Osaka, at 21 degrees.');
    assert.deepEqual(asked, ['harbour', 'Osaka']);
    assert.equal(result.newItems.filter((item) => item.type === 'tool_call_item').length, 2);
  });

  test(`${api}: a streamed run is the same`, async () => {
    const { agent, asked } = agentOf(over);
    const result = await run(agent, 'case: harbour', { stream: true });
    const events = await collect(result);
    await result.completed;
    assert.equal(result.finalOutput, 'The harbour lies in Osaka, at 21 degrees.');
    assert.deepEqual(asked, ['harbour', 'Osaka']);
    assert.ok(events.some((e) => e.type === 'raw_model_stream_event'));
    assert.ok(events.some((e) => e.type === 'run_item_stream_event' && e.name === 'tool_called'));
  });

  test(`${api}: the text of a streamed run arrives`, async () => {
    const { agent } = agentOf(over);
    const result = await run(agent, 'case: greeting', { stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    assert.equal(text, 'Hello, world!');
  });

  test(`${api}: the next turn takes the history of the last`, async () => {
    const { agent } = agentOf(over);
    const first = await run(agent, 'case: weather');
    assert.equal(first.finalOutput, 'It is 17 degrees in Tokyo.');
    const second = await run(agent, [...first.history, { role: 'user', content: 'There are 72 apples. And now?' }]);
    assert.equal(second.finalOutput, 'There are 72 apples in the store.');
    assert.ok(second.history.length > first.history.length);
  });

  test(`${api}: an agent hands over to another`, async () => {
    const spanish = new Agent({ name: 'Spanish agent', instructions: 'You speak Spanish only.', model: over });
    const { agent } = agentOf(over, { tools: [], handoffs: [spanish] });
    const result = await run(agent, 'case: Spanish');
    assert.equal(result.finalOutput, '¡Hola! ¿Cómo estás?');
    assert.equal(result.lastAgent.name, 'Spanish agent');
  });

  test(`${api}: an agent's output has its type`, async () => {
    const { agent } = agentOf(over, { tools: [], outputType: z.object({ name: z.string(), date: z.string(), participants: z.array(z.string()) }) });
    const result = await run(agent, 'case: event');
    assert.deepEqual(result.finalOutput, { name: 'Science Fair', date: 'Friday', participants: ['Alice', 'Bob'] });
  });

  test(`${api}: the model is told when a tool fails`, async () => {
    const failing = tool({
      name: 'get_weather',
      description: 'The weather of a city.',
      parameters: z.object({ city: z.string() }),
      execute: async () => {
        throw new Error('no such city');
      },
      errorFunction: (_, error) => `tool failed: ${error.message}`,
    });
    const { agent } = agentOf(over, { tools: [failing] });
    assert.equal((await run(agent, 'case: failing')).finalOutput, 'The tool did not work, sorry.');
  });
}

test('Responses: an agent goes on by previousResponseId', async () => {
  const { agent } = agentOf(new OpenAIResponsesModel(client, model));
  const first = await run(agent, 'case: weather');
  const second = await run(agent, 'There are 72 apples. And now?', { previousResponseId: first.lastResponseId });
  assert.ok(second.finalOutput.length > 0);
  assert.notEqual(second.lastResponseId, first.lastResponseId);
});

for (const api of ['chat_completions', 'responses']) {
  test(`the quick start of the agents SDK runs as it is over ${api}`, async () => {
    setDefaultOpenAIClient(client);
    setOpenAIAPI(api);
    const agent = new Agent({ name: 'Assistant', instructions: 'You are a helpful assistant' });
    const result = await new Runner().run(agent, 'Write a haiku about recursion in programming.');
    assert.ok(result.finalOutput.length > 0);
  });
}
