// Reads a report of Lighthouse and prints its scores; fails when one is below 0.98. See make lighthouse.

import { readFileSync } from 'node:fs';

const { categories } = JSON.parse(readFileSync(0, 'utf8'));
const scores = ['performance', 'accessibility', 'best-practices', 'seo'].map((name) => [name, categories[name].score]);
console.log(process.argv[2], Object.fromEntries(scores));
process.exitCode = scores.every(([, score]) => score >= 0.98) ? 0 : 1;
