using System.Data.Common;

namespace Scorch.Digest;

/// <summary>A statement with named parameters that is used again and again; every value travels as a parameter.</summary>
internal sealed class SqlStatement : IAsyncDisposable
{
    private readonly DbCommand _command;

    /// <param name="connection">Where it runs.</param>
    /// <param name="transaction">The transaction that it belongs to, or null.</param>
    /// <param name="sql">The statement, parameters as <c>@name</c>.</param>
    /// <param name="names">The parameters' names, without <c>@</c>, in the order in which values are given.</param>
    public SqlStatement(DbConnection connection, DbTransaction? transaction, string sql, params ReadOnlySpan<string> names)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        _command.Transaction = transaction;
        foreach (var name in names)
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = name;
            _command.Parameters.Add(parameter);
        }
    }

    public async Task<int> RunAsync(CancellationToken cancellationToken, params IReadOnlyList<object?> values)
    {
        Bind(values);
        return await _command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<object?> ValueAsync(CancellationToken cancellationToken, params IReadOnlyList<object?> values)
    {
        Bind(values);
        var value = await _command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return value is DBNull ? null : value;
    }

    public async Task<DbDataReader> ReadAsync(CancellationToken cancellationToken, params IReadOnlyList<object?> values)
    {
        Bind(values);
        return await _command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Bind(IReadOnlyList<object?> values)
    {
        for (var index = 0; index < _command.Parameters.Count; index++)
        {
            _command.Parameters[index].Value = values[index] ?? DBNull.Value;
        }
    }
}
