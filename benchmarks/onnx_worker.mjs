// A warm process that runs exported rows with ONNX Runtime; the same protocol as pytorch_worker.py.
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';

const threads = Number(process.argv[process.argv.indexOf('--threads') + 1]);
let session;
let feeds;

async function timed(iterations) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < iterations; i++) await session.run(feeds);
  return Number(process.hrtime.bigint() - start) / 1e9 / iterations;
}

const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array };

async function prepare({ path, inputs }) {
  session = await ort.InferenceSession.create(path, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential' });
  feeds = {};
  for (const { name, type, shape, file } of inputs) {
    if (!session.inputNames.includes(name)) continue;
    const bytes = readFileSync(file);
    const data = new arrays[type](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    feeds[name] = new ort.Tensor(type, data, shape);
  }
  const output = Object.values(await session.run(feeds))[0].data;
  let [sum, weighted, absolute] = [0, 0, 0];
  for (let i = 0; i < output.length; i++) {
    const x = Number(output[i]);
    sum += x;
    weighted += x * (1 + (i % 97) / 97);
    absolute += Math.abs(x);
  }
  const once = await timed(1);
  const seconds = await timed(Math.max(1, Math.min(2000, Math.floor(0.2 / once))));
  return { checks: [[sum, weighted, absolute]], variant: '', seconds };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  let answer;
  try {
    if (message.command === 'prepare') answer = await prepare(message.model);
    else if (message.command === 'run') answer = { seconds: await timed(message.iterations) };
    else if (message.command === 'about') answer = { name: `ONNX Runtime ${ort.env.versions.node}`, details: '' };
    else answer = { error: 'unknown command' };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
