// Package learn finds what editors might add to their articles: expressions that mean the same, other ways in which
// customers ask a question, questions that nothing answers, and questions that stand in two articles.
//
// All of it are suggestions with their evidence, for a person to read. Nothing here is ever applied by itself: what is
// mined from questions holds 退货 = 换货 beside 退款 = 退钱, and no count tells them apart for sure.
//
// It reads the articles and what customers searched, and needs no index, so it can be used beside a running server. It
// knows nothing of files, of SQL or of the command line. Begin with Input and Find.
package learn
