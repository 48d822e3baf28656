/** The species of an iris from four measures: a table is read, split, standardized and learned. */
import { readFileSync } from "node:fs";
import { meanAndStandardDeviation, minibatches, split, standardize } from "@dlcc/data";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { argmax, tensor } from "@dlcc/tensor";
import { accuracy, evaluate, fit } from "@dlcc/train";
import { parse } from "csv-parse/sync";

const rows = parse(readFileSync(new URL("iris.csv", import.meta.url)), { columns: true });
const target = "species";
const measures = Object.keys(rows[0]).filter((column) => column !== target);
const species = [...new Set(rows.map((row) => row[target]))];
console.log(`${rows.length} rows; from ${measures.join(", ")}: ${species.join(", ")}`);

const x = tensor(rows.map((row) => measures.map((column) => Number(row[column]))));
const y = tensor(Int32Array.from(rows, (row) => species.indexOf(row[target])));
const { train, validation } = split(x, y, 0.2, { seed: 1 });

// Mean and deviation are those of the training rows: the others must stay unseen.
const scale = await meanAndStandardDeviation(train.images);
const scaled = (images) => standardize(images, scale);

const model = new Sequential([new Linear(measures.length, 16, { seed: 2 }), relu, new Linear(16, 3, { seed: 3 })]);
const inputs = scaled(train.images);
await fit({
  model,
  loss: crossEntropy,
  optimizer: adam(model.parameters(), { lr: 0.01 }),
  batches: (epoch) => minibatches(inputs, train.labels, { size: 16, seed: 4, epoch }),
  epochs: 50,
});

const batches = [{ x: scaled(validation.images), y: validation.labels }];
const { metrics } = await evaluate({ model, loss: crossEntropy, batches, metrics: { accuracy } });
console.log(
  `of ${validation.labels.shape[0]} rows that it has not seen, ${(100 * metrics.accuracy).toFixed(1)} % are right`,
);

const flower = tensor([[5.1, 3.5, 1.4, 0.2]]);
console.log(`a flower: ${species[await argmax(model.forward(scaled(flower)), 1).item()]}`);
