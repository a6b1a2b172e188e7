// Imported first: graphql-js and Express look at it when they are loaded, and are much slower in development.
process.env.NODE_ENV ??= 'production';

export {};
