package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
)

// A seal signs and encrypts what travels between WeCom and us, as developer.work.weixin.qq.com/document/path/90968 says.
type seal struct {
	token  string
	key    []byte
	corpID string
}

func newSeal(token, encodingAESKey, corpID string) (*seal, error) {
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil || len(key) != 32 || token == "" || corpID == "" {
		return nil, errors.New("set WECOM_TOKEN, WECOM_AES_KEY (43 letters and digits) and WECOM_CORP_ID")
	}
	return &seal{token, key, corpID}, nil
}

func (s *seal) signature(timestamp, nonce, encrypted string) string {
	parts := []string{s.token, timestamp, nonce, encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

const padding = 32

// open checks the signature of an encrypted text, and decrypts it.
func (s *seal) open(signature, timestamp, nonce, encrypted string) ([]byte, error) {
	if subtle.ConstantTimeCompare([]byte(signature), []byte(s.signature(timestamp, nonce, encrypted))) != 1 {
		return nil, errSignature
	}
	b, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return nil, errors.New("the message is not encrypted as WeCom does")
	}
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, s.key[:aes.BlockSize]).CryptBlocks(b, b)
	// 16 random bytes, the length of the text in 4, the text, the receiver, padding.
	pad := int(b[len(b)-1])
	if pad < 1 || pad > padding || len(b) < 20+pad {
		return nil, errors.New("the message cannot be decrypted: check WECOM_AES_KEY")
	}
	b = b[16 : len(b)-pad]
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) || string(b[4+n:]) != s.corpID {
		return nil, errors.New("the message is for another receiver: check WECOM_CORP_ID and WECOM_AES_KEY")
	}
	return b[4 : 4+n], nil
}

// close encrypts and signs a reply.
func (s *seal) close(timestamp, nonce, text string) (string, error) {
	b := make([]byte, 16, 20+len(text)+len(s.corpID)+padding)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	b = append(append(b, text...), s.corpID...)
	pad := padding - len(b)%padding
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, s.key[:aes.BlockSize]).CryptBlocks(b, b)
	encrypted := base64.StdEncoding.EncodeToString(b)
	reply, err := xml.Marshal(struct {
		XMLName                                 xml.Name `xml:"xml"`
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}{Encrypt: encrypted, MsgSignature: s.signature(timestamp, nonce, encrypted), TimeStamp: timestamp, Nonce: nonce})
	return string(reply), err
}
